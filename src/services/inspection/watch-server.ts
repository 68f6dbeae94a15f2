import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { AppError } from '../../domain/app-error.ts';
import type { InspectionMessage } from '../../domain/inspection.ts';
import { parseJsonObject } from '../../domain/json-object.ts';
import { errorCodeOf } from '../platform/error-code.ts';
import { openSocketPath } from './socket-path.ts';

/** A message, and its line. */
export interface WatchedMessage {
  readonly message: InspectionMessage;
  readonly line: string;
}

/** What it means that a stream ends before anything has come. */
export const turnedAway =
  'the server closed the connection at once: it has as many watchers as it serves; close another inspector';

/** Longer than any line of a server. */
const longestLine = 4 * 1_048_576;

/**
 * Attaches to a server and yields its messages until it shuts down or dies. A slow reader loses some: the server sends how many.
 * @param path of the server's socket
 * @param signal aborted: the stream ends
 * @throws AppError `unavailable` when no server listens there, or the stream is not that of a server
 */
export async function* watchServer(
  path: string,
  platform: NodeJS.Platform,
  signal: AbortSignal,
): AsyncGenerator<WatchedMessage> {
  for await (const text of watchText(path, platform, signal))
    for (const line of text.slice(0, -1).split('\n')) yield { line, message: parseMessage(line, path) };
}

/**
 * The same as text: each piece is whole lines with their newlines. Only the first line of the stream is parsed.
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
      if (isFirst && parseMessage(text.slice(0, text.indexOf('\n')), path).type !== 'maitred.hello')
        throw notOurs(path);
      isFirst = false;
      yield text.slice(0, end);
    }
  } catch (problem) {
    // ECONNRESET: the server was killed while bytes were on the way to it.
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
    ? `there is no socket ${path}; if the server is of an older version, let its client restart it, else see maitred status`
    : `no server listens on ${path} (${code}); maitred status shows the state of the server`;

function parseMessage(line: string, path: string): InspectionMessage {
  const message = parseJsonObject(line) as InspectionMessage | null;
  if (message?.type === undefined) throw notOurs(path);
  return message;
}

const notOurs = (path: string) =>
  new AppError('unavailable', `the stream from ${path} is not from a maitred server`, { details: { path } });
