import { setMaxListeners } from 'node:events';
import { existsSync } from 'node:fs';
import { AppError, toFault } from '../../domain/app-error.ts';
import type { InspectionMessage } from '../../domain/inspection.ts';
import { printable } from '../../domain/printable-text.ts';
import type { ServerRecord } from '../../domain/server-record.ts';
import type { StateFolder } from '../../domain/state-folder.ts';
import { socketOf } from '../../services/inspection/socket-path.ts';
import { type WatchedMessage, watchServer } from '../../services/inspection/watch-server.ts';
import { readOwnUid } from '../../services/platform/own-uid.ts';
import { followServers } from '../../services/state/server-records/follow-servers.ts';
import type { CliHost } from '../cli-host.ts';
import type { Paint } from '../paint.ts';
import { createOldInspectLines } from './old-inspect-lines.ts';
import { createStreamText } from './stream-text.ts';

export interface StreamServersOptions {
  readonly folder: StateFolder;
  readonly servers: readonly ServerRecord[];
  /** Whether those that begin meanwhile are shown too. */
  readonly withNew: boolean;
  readonly asJson: boolean;
  /** As the receivers of @xstate/inspect read it. */
  readonly asOldInspect: boolean;
  readonly paint: Paint;
}

/**
 * Prints what servers do until all of them have left or stdout is closed.
 * @throws AppError `unavailable` when none of them can be watched
 */
export async function streamServers(host: CliHost, options: StreamServersOptions): Promise<void> {
  const { folder, servers, withNew } = options;
  const closed = new AbortController();
  // There may be any number of servers.
  setMaxListeners(0, closed.signal);
  const output = outputOf(host, () => closed.abort());
  const streams = new Map<string, Promise<boolean>>();
  const join = (server: ServerRecord) => {
    const path = socketOf(folder, server.serverId);
    // A server makes its socket some time after its record.
    if (streams.has(server.serverId) || !(existsSync(path) || servers.includes(server))) return;
    streams.set(server.serverId, streamServer(host, path, server, { ...options, output, signal: closed.signal }));
  };
  servers.forEach(join);
  const report = (problem: string) => host.stderr.write(`maitred: ${printable(problem)}\n`);
  const onServers = (running: readonly ServerRecord[]) => running.forEach(join);
  const unfollow = withNew ? followServers({ folder, ownUid: readOwnUid(), onServers, report }) : null;
  let hasCome = false;
  // The map grows while it is gone through.
  for (const stream of streams.values()) hasCome = (await stream) || hasCome;
  unfollow?.();
  if (!hasCome) throw new AppError('unavailable', 'none of the running servers can be watched');
}

/** @returns whether there was something to watch */
async function streamServer(
  host: CliHost,
  path: string,
  { process: { pid }, serverId }: ServerRecord,
  { asJson, asOldInspect, paint, output, signal }: StreamServersOptions & { output: Output; signal: AbortSignal },
): Promise<boolean> {
  const say = (words: string) => host.stderr.write(`maitred: pid ${pid}: ${printable(words)}\n`);
  const textOf = asOldInspect ? createOldInspectLines(serverId) : createStreamText(`[${pid}]`, paint);
  // Of several streams in one each line says whose it is.
  const linesOf = ({ line, message }: WatchedMessage) =>
    asJson ? [printable(line.replace(/\}$/, `,"serverId":${JSON.stringify(serverId)}}`))] : textOf(message);
  let hasCome = false;
  let hasLeft = false;
  try {
    for await (const watched of watchServer(path, host.platform, signal)) {
      hasCome = true;
      hasLeft ||= watched.message.type === 'maitred.bye';
      sayAbout(watched.message, say);
      for (const line of linesOf(watched)) await output.write(`${line}\n`);
    }
    if (!hasLeft && !signal.aborted) say('the server is gone without a policy');
  } catch (problem) {
    say(toFault(problem).message);
  }
  return hasCome;
}

/** What is no event of a chart is said beside the stream. */
function sayAbout(message: InspectionMessage, say: (words: string) => void): void {
  switch (message.type) {
    case 'maitred.hello': {
      const { since, dropped } = message.recording;
      const past =
        since === 'greeting'
          ? `recorded since its greeting${dropped.messages === 0 ? '' : `, the oldest ${dropped.messages} messages are lost`}`
          : 'of what was before, only the states of its lifecycle are known';
      say(`maitred ${message.version} in ${message.projectDir}; ${past}`);
      break;
    }
    case 'maitred.lost':
      say(`${message.messages} messages are lost: ${whyLost[message.why]}`);
      break;
    case 'maitred.bye':
      say(message.why);
      break;
    default:
  }
}

const whyLost = {
  watcherTooSlow: 'they came faster than they were read',
  notReadable: 'they could not be read',
} as const;

interface Output {
  /** Settles when there is room for more, or nobody reads any more. */
  write(text: string): Promise<void>;
}

function outputOf({ stdout }: CliHost, onClosed: () => void): Output {
  let isClosed = false;
  let onRoom: () => void = () => undefined;
  let room: Promise<void> | null = null;
  const makeRoom = () => {
    room = null;
    onRoom();
  };
  stdout.on?.('drain', makeRoom);
  stdout.on?.('error', () => {
    isClosed = true;
    makeRoom();
    onClosed();
  });
  return {
    async write(text) {
      // Several streams may wait for the same room.
      if (room !== null) await room;
      if (isClosed || stdout.write(text) !== false) return;
      room ??= new Promise((resolve) => {
        onRoom = resolve;
      });
      await room;
    },
  };
}
