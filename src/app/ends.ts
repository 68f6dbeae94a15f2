import { toFault } from '../domain/app-error.ts';
import type { EndSignal } from '../domain/ending.ts';
import type { LifecycleEvent } from '../machines/lifecycle.setup.ts';
import type { Host } from './host.ts';

const signals: readonly EndSignal[] = ['SIGTERM', 'SIGINT', 'SIGHUP'];

/**
 * Turns signals into `ENDED` and what nobody caught into `CRASHED`. The end of the input and a closed output are told by
 * the front, which owns them.
 * @returns stops listening
 */
export function watchProcess(
  host: Pick<Host, 'on' | 'off'>,
  heedSignals: boolean,
  tell: (event: LifecycleEvent) => void,
  /** Writes down what happened before anything else; returns the path of the crash file. */
  recordCrash: (error: unknown) => string | null,
): () => void {
  const onSignal = (signal: EndSignal) => tell({ type: 'ENDED', reason: 'signal', signal, atMs: Date.now() });
  const onCrash = (error: unknown) => {
    const file = recordCrash(error);
    const where = file === null ? '' : ` The crash file is ${file}; please report it.`;
    const { message } = toFault(error);
    tell({
      type: 'CRASHED',
      fault: { code: 'internal', message: `A defect ended the server: ${message}.${where}` },
      atMs: Date.now(),
    });
  };
  if (heedSignals) for (const signal of signals) host.on(signal, onSignal);
  host.on('uncaughtException', onCrash);
  host.on('unhandledRejection', onCrash);
  return () => {
    for (const signal of signals) host.off(signal, onSignal);
    host.off('uncaughtException', onCrash);
    host.off('unhandledRejection', onCrash);
  };
}
