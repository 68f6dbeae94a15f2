import { toFault } from '../../domain/app-error.ts';
import type { GateAnswer, GateOpened } from '../../domain/recipe-run/journal-record.ts';
import type { LiveRun, OpenGate } from '../../domain/recipe-run/live-run.ts';
import { readUserName } from '../../services/platform/user-name.ts';
import type { CliHost } from '../cli-host.ts';
import { createPrompt } from '../init/prompt.ts';

const approvals = { y: 'approve', yes: 'approve', n: 'reject', no: 'reject' } as const;
const outcomes = { done: 'done', again: 'again' } as const;

/** A question about an open gate. */
export interface GateQuestion {
  /**
   * Settles when a person has answered or has left it open (`interrupted`: with Ctrl-C, or at the end of the input), or when it was closed.
   * Never rejects.
   */
  readonly settled: Promise<'answered' | 'left' | 'interrupted' | 'closed'>;
  /** The gate was answered elsewhere, or the run has ended. */
  close(): void;
}

/** Asks a person about the gate that is shown, and answers it. Only an explicit answer counts. */
export function askAtGate(
  host: Pick<CliHost, 'stdin' | 'stderr'>,
  run: LiveRun,
  gate: OpenGate,
  report: (problem: string) => void,
): GateQuestion {
  const prompt = createPrompt(host, 'the gate stays open');
  let isClosed = false;
  const ask = async () => {
    await prompt.dropTyped();
    const decision =
      gate.asks === 'approval'
        ? await prompt.askWord('approve? [y/n]', approvals, null)
        : await prompt.askWord('what came of it? [done/again]', outcomes, null);
    if (decision === null) return 'left';
    await run.answer(answerOf(gate, decision));
    return 'answered';
  };
  const settled = ask()
    .catch((thrown) => {
      if (isClosed) return 'closed' as const;
      const { code, message } = toFault(thrown);
      if (code === 'cancelled') return 'interrupted' as const;
      // The gate has been answered meanwhile, or shows something else now.
      report(message);
      return 'left' as const;
    })
    .finally(prompt.close);
  return {
    settled,
    close() {
      isClosed = true;
      prompt.close();
    },
  };
}

/** An answer of the person at this terminal, bound to what was shown. */
export const answerOf = (
  { gate, shownHash }: Pick<GateOpened, 'gate' | 'shownHash'>,
  decision: GateAnswer['decision'],
): GateAnswer => ({
  gate,
  decision,
  who: readUserName(),
  how: 'cli',
  answeredAt: new Date().toISOString(),
  shownHash,
});
