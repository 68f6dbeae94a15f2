import type { Fault } from '../domain/app-error.ts';
import type { ShutdownSignal } from '../domain/shutdown-policy.ts';
import type { LifecycleEvent } from '../machines/lifecycle.setup.ts';
import type { CrashRecorder } from './crash-recorder.ts';
import type { Host } from './host.ts';

const signals: readonly ShutdownSignal[] = ['SIGTERM', 'SIGINT', 'SIGHUP'];

/** Turns signals into `SHUTDOWN_TRIGGERED`. The end of the input and a closed output are told by the front, which owns them. */
export function watchSignals(host: Pick<Host, 'on' | 'off'>, tell: (event: LifecycleEvent) => void): () => void {
  const onSignal = (signal: ShutdownSignal) =>
    tell({ type: 'SHUTDOWN_TRIGGERED', reason: 'signal', signal, atMs: Date.now() });
  for (const signal of signals) host.on(signal, onSignal);
  return () => {
    for (const signal of signals) {
      // Without any listener a late signal would kill the server in the middle of its policy.
      host.on(signal, ignore);
      host.off(signal, onSignal);
    }
  };
}

const ignore = () => undefined;

/** Turns what nobody caught into `CRASHED`. */
export function watchCrashes(
  host: Pick<Host, 'on' | 'off'>,
  recordCrash: CrashRecorder,
  tell: (event: LifecycleEvent) => void,
): () => void {
  const onCrash = (error: unknown) =>
    tell({ type: 'CRASHED', fault: crashFault(recordCrash(error)), atMs: Date.now() });
  host.on('uncaughtException', onCrash);
  host.on('unhandledRejection', onCrash);
  return () => {
    host.off('uncaughtException', onCrash);
    host.off('unhandledRejection', onCrash);
  };
}

/** What the error itself says is foreign text, and stands in the crash file only. */
export function crashFault(crashFile: string | null): Fault {
  const where = crashFile === null ? 'no crash file could be written' : `please report it with ${crashFile}`;
  return { code: 'internal', message: `a defect ended the server; ${where}` };
}
