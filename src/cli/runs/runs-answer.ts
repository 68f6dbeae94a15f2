import { AppError } from '../../domain/app-error.ts';
import { type GateAnswer, type GateOpened, gateDecisions } from '../../domain/recipe-run/journal-record.ts';
import { reportOf } from '../../domain/recipe-run/run-report.ts';
import type { Journals } from '../../services/journal/journals.ts';
import { quote } from '../../services/yaml/describe-value.ts';
import type { CliHost } from '../cli-host.ts';
import { answerOf } from '../order/ask-at-gate.ts';
import { answerCommands, shownLines } from '../order/gate-text.ts';
import { jsonText, writeRemark } from '../report.ts';
import { requirePerson } from '../require-person.ts';
import { findReadableRun } from './find-run.ts';

export interface AnswerRequest {
  readonly run: string;
  /** undefined: the step whose gate is open. */
  readonly step: string | undefined;
  readonly decision: GateAnswer['decision'];
  /** The command, for errors. */
  readonly command: string;
  readonly asJson: boolean;
}

const past = { approve: 'approved', reject: 'rejected', done: 'taken as done', again: 'to be done again' } as const;

/**
 * `maitred runs approve` and `reject`: shows what the open gate shows, and leaves the answer for the owner of the run.
 * @throws AppError `forbidden` without a person; `conflict` if no gate is open, or if it is answered already; `not_found` for the gate of
 * another step, and for an unknown run; `invalid_input` for a decision that the gate does not ask for
 */
export async function answerGate(
  host: CliHost,
  journals: Pick<Journals, 'list' | 'read' | 'readBlob' | 'putAnswer'>,
  { run, step, decision, command, asJson }: AnswerRequest,
): Promise<void> {
  requirePerson(host, command);
  const { runId, owner } = await findReadableRun(journals, run);
  const { records, state } = await journals.read(runId);
  const { gate, state: stateName, next } = reportOf(records.at(-1) ?? state.started, state, owner);
  if (gate === null) throw new AppError('conflict', `the run ${runId} has no open gate (${stateName}). ${next}`);
  if (step !== undefined && step !== gate.step)
    throw new AppError(
      'not_found',
      `the run ${runId} has no open gate at ${quote(step)}; the open one is that of ${gate.step}: ${answerCommands(runId, gate.step, gate.asks)}`,
    );
  refuseOther(runId, gate, decision);
  const shown = journals.readBlob(runId, gate.shownHash).toString();
  for (const line of shownLines(shown)) host.stderr.write(`${line}\n`);
  await journals.putAnswer(runId, answerOf(gate, decision));
  const after =
    owner === null ? `maitred runs resume ${runId} goes on with the run` : `the server ${owner} goes on with the run`;
  const json = { run_id: runId, step: gate.step, gate: gate.gate, decision, owner };
  host.stdout.write(asJson ? jsonText(json) : `${gate.step} of ${runId}: ${past[decision]}\n`);
  writeRemark(host, after);
}

function refuseOther(runId: string, { step, asks }: Pick<GateOpened, 'step' | 'asks'>, decision: string): void {
  if (gateDecisions[asks].some((known) => known === decision)) return;
  const what = asks === 'approval' ? 'a decision' : 'what came of the step';
  throw new AppError('invalid_input', `the gate of ${step} asks for ${what}: ${answerCommands(runId, step, asks)}`);
}
