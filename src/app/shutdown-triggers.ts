import type { Fault } from '../domain/app-error.ts';
import type { ShutdownSignal } from '../domain/shutdown-policy.ts';
import type { LifecycleEvent } from '../machines/lifecycle.setup.ts';
import type { Host } from './host.ts';
import type { NodeProcess } from './node-process.ts';

const signals: readonly ShutdownSignal[] = ['SIGTERM', 'SIGINT', 'SIGHUP'];

/** Turns signals into `SHUTDOWN_TRIGGERED`. The front, which owns stdin and stdout, reports their ends. */
export function watchSignals(
  nodeProcess: Pick<NodeProcess, 'on' | 'off'>,
  send: (event: LifecycleEvent) => void,
): () => void {
  const onSignal = (signal: ShutdownSignal) =>
    send({ type: 'SHUTDOWN_TRIGGERED', trigger: 'signal', signal, atMs: Date.now() });
  for (const signal of signals) nodeProcess.on(signal, onSignal);
  return () => {
    for (const signal of signals) {
      // Without any listener a late signal would kill the server in the middle of its shutdown.
      nodeProcess.on(signal, ignore);
      nodeProcess.off(signal, onSignal);
    }
  };
}

const ignore = () => undefined;

/** Writes a crash file; returns its path, null where there is none. */
export type CrashRecorder = (error: unknown) => string | null;

/** Records only the first crash: others are its consequences. */
export function createCrashRecorder(getHost: () => Host): CrashRecorder {
  let isCrashed = false;
  return (error) => {
    if (isCrashed) return null;
    isCrashed = true;
    try {
      const host = getHost();
      return host.context.files.load<typeof import('./work.ts')>('work').recordCrash(host, error);
    } catch {
      // stderr reports a crash that has no file.
      return null;
    }
  };
}

/** Turns uncaught errors into `CRASHED`. */
export function watchCrashes(
  nodeProcess: Pick<NodeProcess, 'on' | 'off'>,
  recordCrash: CrashRecorder,
  send: (event: LifecycleEvent) => void,
): () => void {
  const onCrash = (error: unknown) =>
    send({ type: 'CRASHED', fault: crashFault(recordCrash(error)), atMs: Date.now() });
  nodeProcess.on('uncaughtException', onCrash);
  nodeProcess.on('unhandledRejection', onCrash);
  return () => {
    nodeProcess.off('uncaughtException', onCrash);
    nodeProcess.off('unhandledRejection', onCrash);
  };
}

/** The error's own text is foreign and may hold secrets: only the crash file has it. */
export function crashFault(crashFile: string | null): Fault {
  const where = crashFile === null ? 'no crash file could be written' : `please report it with ${crashFile}`;
  return { code: 'internal', message: `a defect ended the server; ${where}` };
}
