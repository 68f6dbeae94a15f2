import { AppError } from '../../domain/app-error.ts';
import { commandLabel } from '../../domain/command-label.ts';
import { isJsonObject } from '../../domain/json-object.ts';
import { printable } from '../../domain/printable-text.ts';
import type { Redactor } from '../../domain/redact.ts';
import { chunksOf } from '../../domain/scenario/arrivals.ts';
import { explainDifference, findCall, findStep } from '../../domain/scenario/match-call.ts';
import type { Placeholders } from '../../domain/scenario/placeholders.ts';
import { type KeptContent, mostPrograms, nameOfStep } from '../../domain/scenario/scenario.ts';
import { firstCharacters } from '../../domain/shorten-texts.ts';
import { gapLine } from './keep-content.ts';
import { redactContentsOf } from './named-secrets.ts';
import { expandedContent, playFiles } from './play-files.ts';
import { recordedArguments, recordedWords } from './recorded-arguments.ts';
import type { PlayedStep, PlayingCall, ScenarioPlayer, WantedProgram } from './scenario-player.ts';
import type { ReadCall, ReadScenario } from './scenario-reader.ts';

export interface ScenarioPlayerDeps {
  readonly scenario: ReadScenario;
  /** With the places of this run. */
  readonly placeholders: Placeholders;
  /** Knows the secrets of this run: the scenario has none. */
  readonly redact: Redactor;
  /** What is kept of a content. @throws AppError */
  contentOf(call: ReadCall, content: KeptContent): Promise<Buffer>;
}

export function createScenarioPlayer(deps: ScenarioPlayerDeps): ScenarioPlayer {
  const { scenario, placeholders, redact } = deps;
  const recordedCalls = scenario.calls.map(({ name, call }) => ({ name, tool: call.tool, arguments: call.arguments }));
  /** By the indexes of the calls: the indexes of the steps. */
  const used = new Map<number, Set<number>>();
  const unanswered: string[] = [];
  const refusal = (label: string, message: string): AppError => {
    if (unanswered.length < mostPrograms) unanswered.push(label);
    return new AppError('conflict', `${message} ${nothingStarted}`);
  };

  return {
    beginCall({ tool, args }): PlayingCall {
      const wantedCall = { tool, args: recordedArguments(args, redact) };
      let callIndex: number | null = null;

      /** @param values takes what the call and the program bind */
      const match = (program: WantedProgram, values: Placeholders) => {
        const foundCall =
          callIndex === null
            ? findCall(recordedCalls, (index) => used.has(index), wantedCall, values)
            : { index: callIndex };
        if ('whyNot' in foundCall) return foundCall;
        const call = scenario.calls[foundCall.index];
        if (call === undefined) throw new AppError('internal', `the scenario has no call ${foundCall.index}`);
        const ofProgram = forProgram(program, values);
        const isUsed = (index: number) => used.get(foundCall.index)?.has(index) ?? false;
        const foundStep = findStep(call, isUsed, withoutSecrets(program, redact), ofProgram);
        if ('whyNot' in foundStep) return foundStep;
        return { call, callIndex: foundCall.index, stepIndex: foundStep.index, ofProgram };
      };

      return {
        take(program) {
          // A program that no step answers binds nothing, also not what its call would.
          const trial = match(program, placeholders.copy());
          const found = 'whyNot' in trial ? trial : match(program, placeholders);
          const label = labelOf(program, redact);
          if ('whyNot' in found)
            throw refusal(
              label,
              `No step of the scenario ${scenario.dir} answers ${label}, which a call of ${tool} asks for. ${found.whyNot}`,
            );
          callIndex = found.callIndex;
          used.set(callIndex, (used.get(callIndex) ?? new Set()).add(found.stepIndex));
          const { contentOf } = deps;
          const redactInput = redactContentsOf(program, args, redact);
          return playedStep(
            found.call,
            found.stepIndex,
            found.ofProgram,
            { contentOf, redactInput },
            (step, difference) =>
              refusal(label, `${label} got another input than the step ${step} that would answer it: ${difference}.`),
          );
        },
      };
    },
    get unused() {
      return scenario.calls.flatMap(({ name, steps }, callIndex) =>
        steps.flatMap(({ program }, index) =>
          used.get(callIndex)?.has(index) ? [] : [`${nameOfStep(name, index + 1)} (${program})`],
        ),
      );
    },
    unanswered,
  };
}

const nothingStarted =
  'Nothing was started. Call with what was recorded and under the same settings, or record the scenario again; `maitred scenario show` lists what it has.';

/** The folder of an agent's logs has its name only for that agent. */
const forProgram = ({ logDir }: WantedProgram, values: Placeholders): Placeholders =>
  logDir === null ? values : values.withPlaces([{ name: 'log', value: logDir }]);

/** As the recorder writes it. */
function withoutSecrets({ file, args, cwd, env }: WantedProgram, redact: Redactor) {
  const variables = redact.value(env);
  return {
    file: redact.text(file),
    args: recordedWords(args, redact),
    cwd: redact.text(cwd),
    env: Object.fromEntries(
      Object.entries(isJsonObject(variables) ? variables : {}).map(([name, value]) => [name, String(value)]),
    ),
  };
}

const longestLabel = 200;

/** For people. */
function labelOf({ file, args }: WantedProgram, redact: Redactor): string {
  const label = commandLabel({ file, args: recordedWords(args, redact) });
  const shown = firstCharacters(label, longestLabel);
  return printable(shown.length < label.length ? `${shown}…` : shown);
}

function playedStep(
  call: ReadCall,
  index: number,
  placeholders: Placeholders,
  {
    contentOf,
    redactInput,
  }: Pick<ScenarioPlayerDeps, 'contentOf'> & { readonly redactInput: (text: string) => string },
  refuseInput: (step: string, difference: string) => AppError,
): PlayedStep {
  const step = call.steps[index];
  if (step === undefined) throw new AppError('internal', `${call.name} has no step ${index}`);
  const name = nameOfStep(call.name, index + 1);
  const read = (content: KeptContent) => contentOf(call, content);
  return {
    name,
    step,
    async checkStdin(text) {
      const stdin = step.stdin ?? { bytes: 0 };
      if (stdin.why_not !== undefined) return;
      const recorded = (await read(stdin)).toString();
      const difference = bindInput(recorded, redactInput(text), stdin, placeholders);
      if (difference !== null) throw refuseInput(name, difference);
    },
    async output() {
      const [stdout, stderr] = [
        await expandedContent(step.stdout, placeholders, read),
        await expandedContent(step.stderr, placeholders, read),
      ];
      return chunksOf(step.output, { stdout, stderr });
    },
    writeFiles: () => playFiles({ step: name, files: step.files, placeholders, contentOf: read }),
  };
}

/**
 * Compares an input with the recorded one, of which the end may be missing, and binds its values.
 * @returns the difference; null: they are alike
 */
function bindInput(
  recorded: string,
  actual: string,
  { binary, left_out: leftOut }: KeptContent,
  placeholders: Placeholders,
): string | null {
  if (binary) return recorded === actual ? null : 'both are binary, and they differ';
  if (leftOut === undefined)
    return placeholders.matches(recorded, actual) ? null : explainDifference(recorded, actual, placeholders);
  const end = recorded.indexOf(gapLine(leftOut));
  // The line that says so begins a new one.
  const start = recorded.slice(0, Math.max(0, end)).replace(/\n$/, '');
  const [recordedAt, actualAt] = placeholders.differAt(start, actual) ?? [start.length, actual.length];
  if (recordedAt < start.length) return explainDifference(start, actual, placeholders);
  placeholders.matches(start, actual.slice(0, actualAt));
  return null;
}
