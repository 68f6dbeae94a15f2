import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { AppError } from '../../domain/app-error.ts';
import type { InspectionMessage } from '../../domain/inspection.ts';
import { errorCodeOf } from '../platform/error-code.ts';
import { openSocketPath } from './socket-path.ts';

/** A message, and the line that it came as. */
export interface WatchedMessage {
  readonly message: InspectionMessage;
  readonly line: string;
}

/** Longer than any line of a server. */
const longestLine = 4 * 1_048_576;

/**
 * Attaches to a server, and gives what it says until it leaves or is gone. Who takes the messages slowly is given fewer: the server says how
 * many were lost.
 * @param path of the server's socket
 * @param signal aborted: the stream ends
 * @throws AppError `unavailable` when nobody listens there, or what comes is no stream of a server
 */
export async function* watchServer(
  path: string,
  platform: NodeJS.Platform,
  signal: AbortSignal,
): AsyncGenerator<WatchedMessage> {
  for await (const text of watchText(path, platform, signal))
    for (const line of text.slice(0, -1).split('\n')) yield { line, message: readMessage(line, path) };
}

/**
 * The same as text, for those who pass it on: each piece is whole lines with their ends, and only the first line of the stream is read.
 * @throws AppError `unavailable`, as above
 */
export async function* watchText(path: string, platform: NodeJS.Platform, signal: AbortSignal): AsyncGenerator<string> {
  const socket = await open(path, platform);
  const hangUp = () => void socket.destroy();
  signal.addEventListener('abort', hangUp, { once: true });
  if (signal.aborted) hangUp();
  let rest = '';
  let isFirst = true;
  try {
    for await (const chunk of socket.setEncoding('latin1')) {
      const text = `${rest}${chunk}`;
      const end = text.lastIndexOf('\n') + 1;
      rest = text.slice(end);
      if (rest.length > longestLine) throw notOurs(path);
      if (end === 0) continue;
      if (isFirst && readMessage(text.slice(0, text.indexOf('\n')), path).type !== 'maitred.hello') throw notOurs(path);
      isFirst = false;
      yield text.slice(0, end);
    }
  } catch (problem) {
    // A server that is killed while something is on its way to it.
    if (!signal.aborted && errorCodeOf(problem) !== 'ECONNRESET') throw problem;
  } finally {
    signal.removeEventListener('abort', hangUp);
    hangUp();
  }
}

async function open(path: string, platform: NodeJS.Platform): Promise<Socket> {
  const named = openSocketPath(path, platform);
  try {
    const socket = connect(named.path);
    await once(socket, 'connect');
    return socket;
  } catch (problem) {
    throw new AppError('unavailable', whyClosed(path, errorCodeOf(problem)), { details: { path }, cause: problem });
  } finally {
    named.release();
  }
}

const whyClosed = (path: string, code: string): string =>
  code === 'ENOENT'
    ? `there is no socket ${path}; where the server is of an older version, let its client start it again, else maitred status says what is wrong`
    : `nobody listens on ${path} (${code}); maitred status says how the server is`;

function readMessage(line: string, path: string): InspectionMessage {
  try {
    const message: unknown = JSON.parse(line);
    if (typeof message === 'object' && message !== null && 'type' in message) return message as InspectionMessage;
  } catch {
    // Told below.
  }
  throw notOurs(path);
}

const notOurs = (path: string) =>
  new AppError('unavailable', `what comes from ${path} is not the stream of a maitred server`, { details: { path } });
