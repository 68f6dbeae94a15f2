import { setMaxListeners } from 'node:events';
import { existsSync } from 'node:fs';
import { AppError, toFault } from '../../domain/app-error.ts';
import { encodeJson } from '../../domain/encode-json.ts';
import type { InspectionMessage } from '../../domain/inspection.ts';
import { printable } from '../../domain/printable-text.ts';
import type { ServerRecord } from '../../domain/server-record.ts';
import type { StateFolder } from '../../domain/state-folder.ts';
import { socketOf } from '../../services/inspection/socket-path.ts';
import { turnedAway, type WatchedMessage, watchServer } from '../../services/inspection/watch-server.ts';
import { readOwnUid } from '../../services/platform/own-uid.ts';
import { followServers } from '../../services/state/server-records/follow-servers.ts';
import type { CliHost } from '../cli-host.ts';
import { paintFor, writeRemark } from '../report.ts';
import { createOldInspectLines } from './old-inspect-lines.ts';
import { createStreamText } from './stream-text.ts';

/** How messages are printed; as text for people, if neither is chosen. */
export interface StreamFormat {
  readonly asJson: boolean;
  /** For receivers of @xstate/inspect. */
  readonly asOldInspect: boolean;
}

export interface StreamServersOptions extends StreamFormat {
  readonly folder: StateFolder;
  readonly servers: readonly ServerRecord[];
  /** Whether servers that start later are shown too. */
  readonly withNew: boolean;
  /** Aborted: the stream ends, although servers run. */
  readonly signal: AbortSignal;
}

/**
 * Prints the events of servers until all of them have ended, stdout is closed or the signal is aborted.
 * @throws AppError `unavailable` if none of them can be watched
 */
export async function streamServers(host: CliHost, options: StreamServersOptions): Promise<void> {
  const { folder, servers, withNew, signal } = options;
  const closed = new AbortController();
  // The number of servers is not limited.
  setMaxListeners(0, closed.signal);
  signal.addEventListener('abort', () => closed.abort());
  const output = outputOf(host, () => closed.abort());
  const streams = new Map<string, Promise<boolean>>();
  const join = (server: ServerRecord) => {
    const path = socketOf(folder, server.serverId);
    // A server creates its socket some time after its record.
    if (streams.has(server.serverId) || !(existsSync(path) || servers.includes(server))) return;
    streams.set(server.serverId, streamServer(host, path, server, { ...options, output, signal: closed.signal }));
  };
  servers.forEach(join);
  const report = (problem: string) => writeRemark(host, problem);
  const onServers = (running: readonly ServerRecord[]) => running.forEach(join);
  const unfollow = withNew ? followServers({ folder, ownUid: readOwnUid(), onServers, report }) : null;
  let hasCome = false;
  // The map grows during the loop.
  for (const stream of streams.values()) hasCome = (await stream) || hasCome;
  unfollow?.();
  if (!hasCome) throw new AppError('unavailable', 'none of the running servers can be watched');
}

/** @returns whether the server sent anything */
async function streamServer(
  host: CliHost,
  path: string,
  { process: { pid }, serverId }: ServerRecord,
  { signal, ...options }: PrinterOptions & { signal: AbortSignal },
): Promise<boolean> {
  const { print, report } = createPrinter(host, { serverId, pid }, options);
  let hasCome = false;
  let hasReportedEnd = false;
  try {
    for await (const watched of watchServer(path, host.platform, signal)) {
      hasCome = true;
      hasReportedEnd ||= watched.message.type === 'maitred.bye';
      await print(watched);
    }
    if (!hasReportedEnd && !signal.aborted) report(hasCome ? 'the server ended without giving a reason' : turnedAway);
  } catch (problem) {
    report(toFault(problem).message);
  }
  return hasCome;
}

type PrinterOptions = StreamFormat & { readonly output: Output };

/** Prints the messages of one server, and on stderr what they say of the server itself. */
export interface Printer {
  print(watched: WatchedMessage): Promise<void>;
  /** Writes a remark about the server. */
  report(text: string): void;
}

/** @param pid null: it is not known */
export function createPrinter(
  host: CliHost,
  { serverId, pid }: { readonly serverId: string; readonly pid: number | null },
  { asJson, asOldInspect, output }: PrinterOptions,
): Printer {
  const name = pid === null ? `server ${serverId}` : `pid ${pid}`;
  const label = `[${printable(String(pid ?? serverId))}]`;
  const textOf = asOldInspect ? createOldInspectLines(serverId) : createStreamText(label, paintFor(host));
  // The output mixes the lines of several servers, so each has the server's id.
  const linesOf = ({ line, message }: WatchedMessage) =>
    asJson ? [printable(line.replace(/\}$/, `,"serverId":${encodeJson(serverId)}}`))] : textOf(message);
  const report = (text: string) => void writeRemark(host, `${name}: ${text}`);
  return {
    report,
    async print(watched) {
      reportServerMessage(watched.message, report);
      for (const line of linesOf(watched)) await output.write(`${line}\n`);
    },
  };
}

/** Messages about the server itself go to stderr. */
function reportServerMessage(message: InspectionMessage, report: (text: string) => void): void {
  switch (message.type) {
    case 'maitred.hello': {
      const { since, dropped } = message.recording;
      const gap = dropped.messages === 0 ? '' : `, without the oldest ${dropped.messages} messages`;
      const whole = `recorded from the start${gap}`;
      const past = since === 'greeting' ? whole : 'of its past, only the phases and the calls are known';
      report(`maitred ${message.version} in ${message.projectDir}; ${past}`);
      break;
    }
    case 'maitred.lost':
      report(`${message.messages} messages are missing: ${whyLost[message.why]}`);
      break;
    case 'maitred.bye':
      report(message.why);
      break;
    default:
  }
}

const whyLost = {
  watcherTooSlow: 'they arrived faster than they were read',
  notReadable: 'the server could not create them',
} as const;

interface Output {
  /** Settles when there is room for more, or stdout is closed. */
  write(text: string): Promise<void>;
}

export function outputOf({ stdout }: CliHost, onClosed: () => void): Output {
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
      if (isClosed || stdout.write(text) !== false) return;
      // Several streams may wait at the same time.
      room ??= new Promise((resolve) => {
        onRoom = resolve;
      });
      await room;
    },
  };
}
