import { isAppError } from '../../domain/app-error.ts';
import { bytesText } from '../../domain/bytes-text.ts';
import { secondText } from '../../domain/clock-text.ts';
import { printable } from '../../domain/printable-text.ts';
import type { JournalRecord, StepSettled } from '../../domain/recipe-run/journal-record.ts';
import { type RunReport, reportOf, summaryJson, summaryOfDamaged } from '../../domain/recipe-run/run-report.ts';
import type { Journals } from '../../services/journal/journals.ts';
import type { JournalReading } from '../../services/journal/read-journal.ts';
import type { CliHost } from '../cli-host.ts';
import { paintRecord } from '../order/follow-run.ts';
import { shownLines } from '../order/gate-text.ts';
import { jsonText, type Paint, paintFor, row, writeRemark } from '../report.ts';
import { whyNoPerson } from '../require-person.ts';
import { findRun } from './find-run.ts';
import { reportJson } from './run-json.ts';
import { resultOf, sessionDirIn, storyJson } from './run-story.ts';
import { reportRows, titleText } from './run-text.ts';

/**
 * `maitred runs show`. On a person's terminal, also a new code for an answer to the open gate by a program.
 * @throws AppError as `findRun` and `Journals.read` do; a damaged journal is shown as such
 */
export async function showRun(
  host: CliHost,
  journals: Pick<Journals, 'list' | 'read' | 'readBlob' | 'issueCode'>,
  given: string,
  asJson: boolean,
): Promise<void> {
  const run = await findRun(journals, given);
  const { runId } = run;
  const reading = 'last' in run ? await readOrDamage(journals, runId) : run.problem;
  if (typeof reading === 'string') {
    const damaged = summaryOfDamaged({ runId, problem: reading });
    const text = [titleText(damaged, paintFor(host)), row('next', damaged.next), ''].join('\n');
    host.stdout.write(asJson ? jsonText({ ...summaryJson(damaged), gate: null }) : text);
    return;
  }
  const { records, state, tornBytes } = reading;
  const owner = 'last' in run ? run.owner : null;
  const report = reportOf(records.at(-1) ?? state.started, state, owner);
  const sessionDirOf = (record: JournalRecord<StepSettled>) => sessionDirIn(resultOf(journals, runId, record));
  const shown = report.gate === null ? null : journals.readBlob(runId, report.gate.shownHash).toString();
  if (asJson) {
    const { gate, ...json } = reportJson(report);
    const open = gate === null ? null : { ...gate, shown };
    host.stdout.write(
      jsonText({ ...json, gate: open, torn_bytes: tornBytes, steps: storyJson(records, sessionDirOf) }),
    );
    return;
  }
  const paint = paintFor(host);
  const lines = [
    titleText(report, paint),
    ...reportRows(report),
    ...tornRows(tornBytes, owner),
    '',
    `${paint('strong', 'what it did')}:`,
    ...records.flatMap((record) => storyLines(record, paint, sessionDirOf)),
    ...(report.gate === null || shown === null ? [] : gateLines(report.gate.step, shown, paint)),
  ];
  host.stdout.write(lines.map((line) => `${line}\n`).join(''));
  await showCode(host, journals, report);
}

/** A string: what is wrong with the journal. */
async function readOrDamage(journals: Pick<Journals, 'read'>, runId: string): Promise<JournalReading | string> {
  try {
    return await journals.read(runId);
  } catch (thrown) {
    if (isAppError(thrown) && thrown.code === 'conflict') return thrown.message;
    throw thrown;
  }
}

/** What a living owner writes at this moment is torn, too. */
const tornRows = (tornBytes: number, owner: string | null): readonly string[] =>
  tornBytes === 0 || owner !== null
    ? []
    : [row('torn', `the last ${bytesText(tornBytes)} were not written completely; maitred runs resume removes them`)];

function storyLines(
  record: JournalRecord,
  paint: Paint,
  sessionDirOf: (record: JournalRecord<StepSettled>) => string | null,
): readonly string[] {
  const time = paint('faint', secondText(Date.parse(record.at)));
  const [first = '', ...others] = paintRecord(record, paint);
  const dir = record.k === 'settled' ? sessionDirOf(record) : null;
  const more = dir === null ? others : [...others, printable(`  session in ${dir}`)];
  return [`  ${time}  ${first}`, ...more.map((line) => `            ${line}`)];
}

const gateLines = (step: string, shown: string, paint: Paint): readonly string[] => [
  '',
  `${paint('warning', printable(`what ${step} asks`))}:`,
  ...shownLines(shown),
];

/** The code is for the eyes of a person only, who may give it to a program. */
async function showCode(host: CliHost, journals: Pick<Journals, 'issueCode'>, report: RunReport): Promise<void> {
  if (report.gate === null || host.stdout.isTTY !== true || whyNoPerson(host) !== null) return;
  const code = await journals.issueCode(report.runId, report.gate.gate);
  writeRemark(host, `code for answer_gate, for one answer: ${code}`);
}
