import type { ProcessSpec } from '../../domain/child-process.ts';
import type {
  ChildProcesses,
  ConnectedProcesses,
  ConnectOptions,
  RunOptions,
} from '../platform/process/child-processes.ts';
import { createArrivals } from './arrivals.ts';
import { captureOutput } from './capture-output.ts';
import { type CapturedPipes, capturePipes } from './capture-pipes.ts';
import { recordedEnvironment } from './recorded-environment.ts';
import type { CapturedProgram, RecordingCall } from './scenario-recorder.ts';
import type { WrittenFiles } from './written-files.ts';

export interface RecordingProcessesDeps {
  /** The call that starts a program; null: none does, and it is not recorded. */
  callOf(options: Pick<RunOptions, 'signal' | 'startedBy'>): RecordingCall | null;
  readonly writtenFiles: WrittenFiles;
  isShuttingDown(): boolean;
}

/** When all processes of a program are gone, what they have written is there to be read. Whoever holds an output open then has hidden itself. */
const lastReadMs = 2_000;

/**
 * Runs programs as the given service does, and hands what they did to the call that has started them. The recording is written when a program's run settles. It
 * changes nothing of what the caller sees; a program that cannot be started leaves nothing.
 */
export function createRecordingProcesses(
  inner: ChildProcesses & ConnectedProcesses,
  { callOf, writtenFiles, isShuttingDown }: RecordingProcessesDeps,
): ChildProcesses & ConnectedProcesses {
  type Recorded = Omit<CapturedProgram, 'file' | 'args' | 'cwd' | 'logDir' | 'env' | 'files' | 'filesLeftOut'>;

  /** @param start runs the program; what has become of it is asked for afterwards, unless the server has ended it */
  const record = async <Outcome extends Pick<CapturedProgram, 'reason'>>(
    call: RecordingCall,
    program: Pick<CapturedProgram, 'file' | 'args' | 'cwd' | 'logDir' | 'env'>,
    start: () => Promise<Outcome>,
    capture: (outcome: Outcome) => Promise<Recorded>,
  ): Promise<Outcome> => {
    const number = call.nextProgram();
    const watch = await writtenFiles.watch(program.cwd, program.logDir);
    const outcome = await start().catch((thrown: unknown) => {
      if (isShuttingDown()) call.abandon();
      call.drop(number);
      throw thrown;
    });
    if (outcome.reason === 'cancelled' && isShuttingDown()) call.abandon();
    else {
      const recorded = await capture(outcome);
      const { files, leftOut } = await watch.end();
      await call.add(number, { ...program, ...recorded, files, filesLeftOut: leftOut });
    }
    return outcome;
  };

  return {
    async run(spec, options) {
      const call = callOf(options);
      if (call === null) return inner.run(spec, options);
      const arrivals = createArrivals();
      const onOutput: RunOptions['onOutput'] = (written) => {
        arrivals.note({ atMs: written.elapsedMs, stream: 'stdout', bytes: written.stdoutBytes });
        arrivals.note({ atMs: written.elapsedMs, stream: 'stderr', bytes: written.stderrBytes });
        options.onOutput?.(written);
      };
      return record(
        call,
        programOf(spec, null, undefined),
        () => inner.run(spec, { ...options, onOutput }),
        async ({ stdout, stderr, reason, exit, others, elapsedMs }) => ({
          stdin: null,
          stdout: await captureOutput(stdout),
          stderr: await captureOutput(stderr),
          arrivals: arrivals.rows(),
          reason,
          exit,
          others,
          elapsedMs,
        }),
      );
    },
    async connect(spec, options) {
      const call = callOf(options);
      if (call === null) return inner.connect(spec, options);
      let pipes: CapturedPipes | null = null;
      let [startedAtMs, elapsedMs] = [0, 0];
      const onPipes: ConnectOptions['onPipes'] = (program) => {
        pipes = capturePipes(program, startedAtMs);
        options.onPipes(program);
      };
      return record(
        call,
        programOf(spec, options.logDir ?? null, options.inheritsNothing),
        async () => {
          startedAtMs = performance.now();
          const outcome = await inner.connect(spec, { ...options, onPipes });
          elapsedMs = performance.now() - startedAtMs;
          return outcome;
        },
        async ({ reason, exit, others }) => {
          await pipes?.closed(lastReadMs);
          return { ...(pipes?.take() ?? nothingPiped), reason, exit, others, elapsedMs };
        },
      );
    },
  };
}

const programOf = (
  { file, args, cwd, env }: Pick<ProcessSpec, 'file' | 'args' | 'cwd' | 'env'>,
  logDir: string | null,
  inheritsNothing: boolean | undefined,
) => ({ file, args, cwd, logDir, env: recordedEnvironment(env, inheritsNothing) });

const nothing = { head: new Uint8Array(0), tail: new Uint8Array(0), leftOutBytes: 0 };
const nothingPiped = { stdin: null, stdout: nothing, stderr: nothing, arrivals: [] };
