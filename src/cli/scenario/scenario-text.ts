import { basename } from 'node:path';
import { bytesText } from '../../domain/bytes-text.ts';
import { countText } from '../../domain/count-text.ts';
import { durationText } from '../../domain/duration-text.ts';
import { encodeJson } from '../../domain/encode-json.ts';
import { printable } from '../../domain/printable-text.ts';
import type { KeptContent, ScenarioState, ScenarioStep, WrittenFile } from '../../domain/scenario/scenario.ts';
import { firstCharacters } from '../../domain/shorten-texts.ts';
import { showCommand } from '../../domain/show-command.ts';
import type { ReadCall, ReadScenario } from '../../services/scenario/scenario-reader.ts';
import { type Paint, row } from '../report.ts';

/** What the streams of a program have in the scenario; null: no text is kept. */
export type StreamTexts = Readonly<Record<StreamName, string | null>>;
export type StreamName = (typeof streamNames)[number];
const streamNames = ['stdin', 'stdout', 'stderr'] as const;

const stateTexts: Readonly<Record<ScenarioState, readonly ['good' | 'warning', string]>> = {
  complete: ['good', 'complete'],
  incomplete: ['warning', 'incomplete'],
  recording: ['warning', 'not finished: a server records into it, or was killed while it did'],
};

/** `3 calls, 5 programs`. */
export function sizeText({ calls }: Pick<ReadScenario, 'calls'>): string {
  const programs = calls.reduce((sum, { steps }) => sum + steps.length, 0);
  return `${countText(calls.length, 'call')}, ${countText(programs, 'program')}`;
}

/** What it is, and what is missing. */
export function scenarioLines(scenario: ReadScenario, paint: Paint): readonly string[] {
  const { dir, manifest } = scenario;
  const { recipe, state, recorded_by, unfinished, problems } = manifest;
  return [
    `${paint('strong', oneLine(recipe ?? basename(dir)))}: ${paint(...stateTexts[state])}`,
    row('folder', dir),
    row('recorded', `by maitred ${recorded_by}`),
    row('has', sizeText(scenario)),
    ...unfinished.map((name) => paint('warning', row('unfinished', `${name} had not settled when the server ended`))),
    ...problems.map((problem) => paint('warning', row('problem', problem))),
  ];
}

export function callLines({ name, call }: ReadCall, paint: Paint, isFull: boolean): readonly string[] {
  const { step_name: step, outcome } = call;
  const ended = paint(outcome === 'succeeded' ? 'good' : 'bad', printable(outcome));
  const title = [paint('strong', printable(name)), ...(step === undefined ? [] : [printable(step)]), ended];
  return [title.join('  '), `  ${lineOf(encodeJson(call.arguments), isFull)}`];
}

/** @param number of the program in its call */
export function stepLines(
  number: number,
  step: ScenarioStep,
  { texts, paint, isFull }: { readonly texts: StreamTexts; readonly paint: Paint; readonly isFull: boolean },
): readonly string[] {
  const { ended, files, files_left_out = [] } = step;
  const command = showCommand([step.program, ...step.arguments]);
  const variables = Object.entries(step.environment ?? {}).map(([name, value]) => lineOf(`${name}=${value}`, isFull));
  const others = ended.others === 0 ? [] : [`background processes ended: ${ended.others}`];
  return [
    `  ${number}  $ ${paint('strong', lineOf(command, isFull))}`,
    ...[
      [`in ${printable(step.folder)}`, endText(step, paint), ...others].join('; '),
      ...(variables.length === 0 ? [] : [`with ${variables.join(' ')}`]),
      ...streamNames.flatMap((name) => streamLines(name, step[name], texts[name], isFull)),
      ...files.map(fileLine),
      ...files_left_out.map((why) => paint('warning', printable(why))),
    ].map((line) => `     ${line}`),
  ];
}

const reasons: Readonly<Record<ScenarioStep['ended']['reason'], string | null>> = {
  exited: null,
  timedOut: 'ended because its time was up',
  tooMuchOutput: 'ended because it printed too much',
  diskLow: 'ended because the disk was nearly full',
  cancelled: 'ended because its call was cancelled',
};

function endText({ ended }: ScenarioStep, paint: Paint): string {
  const { code, signal, reason, after_ms } = ended;
  const how = reasons[reason] ?? (code === null ? `ended by ${signal ?? 'an unknown cause'}` : `exit code ${code}`);
  return `${paint(code === 0 && reason === 'exited' ? 'good' : 'bad', printable(how))} after ${durationText(after_ms)}`;
}

const linesAtStart = 3;
const linesAtEnd = 4;

/** A stream that is empty has no line. */
function streamLines(
  name: StreamName,
  content: KeptContent | undefined,
  text: string | null,
  isFull: boolean,
): readonly string[] {
  if (content === undefined || content.bytes === 0) return [];
  const title = `${name}: ${contentText(content)}`;
  if (text === null) return [title];
  const lines = text.replace(/\n$/, '').split('\n');
  const more = lines.length - linesAtStart - linesAtEnd;
  const shown =
    isFull || more <= 1
      ? lines
      : [
          ...lines.slice(0, linesAtStart),
          `… ${countText(more, 'more line')}; --full shows them`,
          ...lines.slice(-linesAtEnd),
        ];
  return [title, ...shown.map((line) => `  ${lineOf(line, isFull)}`)];
}

function fileLine(file: WrittenFile): string {
  return printable(file.removed ? `removed ${file.path}` : `wrote ${file.path}, ${contentText(file)}`);
}

/** `1.2 MiB`, with what is not kept of it. */
function contentText({ bytes, binary, left_out, why_not }: KeptContent): string {
  return [
    bytesText(bytes),
    ...(binary ? ['binary'] : []),
    ...(left_out === undefined ? [] : [`${bytesText(left_out)} in the middle left out`]),
    ...(why_not === undefined ? [] : [`not kept: ${printable(why_not)}`]),
  ].join(', ');
}

const mostCharacters = 160;

const lineOf = (text: string, isFull: boolean): string => (isFull ? printable(text) : oneLine(text));

function oneLine(text: string): string {
  const line = printable(firstCharacters(text, mostCharacters));
  return text.length > mostCharacters ? `${line}…` : line;
}
