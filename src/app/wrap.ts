import { AppError, errorKinds, type Fault, toFault } from '../domain/app-error.ts';
import { defaultEarlySettings } from '../domain/early-settings.ts';
import { encodeJson } from '../domain/encode-json.ts';
import { jsonRpcCode } from '../domain/json-rpc.ts';
import { createLineSplitter } from '../domain/line-splitter.ts';
import { readMessage } from '../domain/read-message.ts';
import { noServeFlags } from '../domain/serve-flags.ts';
import { startTimer } from '../domain/timers.ts';
import { parseWrapFlags, type WrapFlags } from '../domain/wrap-flags.ts';
import type { NodeProcess } from './node-process.ts';
import { describeUnknownOptionWith } from './program-files.ts';
import { refuseDebugger } from './refuse-debugger.ts';
import { runHost } from './run-host.ts';
import { createServerContext, type ServerContext, type ServerStart } from './server-context.ts';
import { stderrOf, writeLastProblem } from './stderr.ts';
import { describeWrapHost } from './wrap-host.ts';

export { build } from './build.ts';

export interface WrapInput extends Omit<ServerStart, 'readFlags' | 'settings'> {
  /** The arguments after `wrap`. */
  readonly args: readonly string[];
}

/** `maitred wrap`: answers for a command at once, and starts it afterwards. It reads no configuration: its options say everything. */
export function wrap({ args, ...start }: WrapInput): void {
  const { nodeProcess } = start;
  try {
    if (nodeProcess.platform === 'win32')
      throw new AppError('unavailable', 'wrap runs on Linux and macOS; on Windows, run it in WSL.');
    refuseDebugger(nodeProcess);
    const flags = parseWrapFlags(args, describeUnknownOptionWith(start.files));
    if (!flags.isWarm) {
      if (nodeProcess.stdin.isTTY) stderrOf(nodeProcess).write(hintOnTerminal);
      runWrapped(flags, start);
    } else {
      const { warm } = start.files.load<typeof import('./warm.ts')>('warm');
      void warm(flags, nodeProcess, (streams) =>
        runWrapped(flags, { ...start, nodeProcess: withStreams(nodeProcess, streams) }),
      );
    }
  } catch (problem) {
    refuse(nodeProcess, toFault(problem));
  }
}

const hintOnTerminal =
  'maitred: waiting for an MCP client on stdin; clients start this command themselves. To try the server: maitred wrap --warm -- COMMAND. Ctrl-C ends.\n';

const mostWaitMs = 10_000;

/** A client shows its user what it gets as an answer, and nothing of stderr: its requests are answered with the error until it has sent initialize. */
function refuse({ stdin, stdout, exit }: NodeProcess, { code, message }: Fault): void {
  writeLastProblem(message);
  const leave = () => exit(errorKinds[code].exitCode);
  if (stdin.isTTY) leave();
  const lines = createLineSplitter<Buffer>({
    maxLineBytes: 1_048_576,
    join: Buffer.concat,
    onLine(line) {
      const incoming = readMessage(line);
      if (incoming.kind !== 'request') return;
      const error = { code: jsonRpcCode.serverError, message, data: { code } };
      const answer = encodeJson({ jsonrpc: '2.0', id: incoming.message.id, error });
      stdout.write(`${answer}\n`, incoming.message.method === 'initialize' ? leave : undefined);
    },
    onTooLong: leave,
  });
  startTimer(leave, mostWaitMs).ref();
  for (const stream of [stdin, stdout]) stream.on('error', leave);
  stdin.on('data', (chunk: Buffer) => lines.push(chunk));
  stdin.once('end', leave);
}

function runWrapped(flags: WrapFlags, start: Omit<WrapInput, 'args'>): ServerContext {
  const { isInspected, isWarm, logLevel, logCallsFile } = flags;
  const context = createServerContext({
    ...start,
    readFlags: () => ({ ...noServeFlags, isInspected, callLogFile: logCallsFile }),
    // A person who fills the cache wants to see what is wrong, and no more.
    settings: { ...defaultEarlySettings, logLevel: logLevel ?? (isWarm ? 'WARNING' : defaultEarlySettings.logLevel) },
  });
  const { fault } = context.place;
  if (fault !== null) context.log.error('place_refused', { error: fault.message });
  runHost(context, (host) => describeWrapHost(host, flags));
  return context;
}

const withStreams = (nodeProcess: NodeProcess, streams: Pick<NodeProcess, 'stdin' | 'stdout' | 'exit'>): NodeProcess =>
  Object.create(nodeProcess, {
    stdin: { value: streams.stdin },
    stdout: { value: streams.stdout },
    exit: { value: streams.exit },
    on: { value: nodeProcess.on.bind(nodeProcess) },
    off: { value: nodeProcess.off.bind(nodeProcess) },
  });
