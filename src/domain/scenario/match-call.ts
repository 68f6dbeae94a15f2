import { basename } from 'node:path';
import { countText } from '../count-text.ts';
import { describeDifference, measureLikeness, nearestOf } from './find-difference.ts';
import type { Placeholders } from './placeholders.ts';
import { nameOfStep, type ScenarioCall, type ScenarioStep } from './scenario.ts';

/** Which one answers, or why none does, as a sentence. Where none does, no placeholder is bound. */
export type Match = { readonly index: number } | { readonly whyNot: string };

/** A call of this run. Its texts have no secrets. */
export interface WantedCall {
  readonly tool: string;
  readonly args: unknown;
}

/** A program of this run. Its texts have no secrets. */
export interface WantedStep {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

interface NamedCall extends Pick<ScenarioCall, 'tool' | 'arguments'> {
  /** As in the folder: `0001-run_cmd`. */
  readonly name: string;
}

/** The first call that is not used and has the same tool and arguments. */
export function findCall(
  recorded: readonly NamedCall[],
  isUsed: (index: number) => boolean,
  { tool, args }: WantedCall,
  placeholders: Placeholders,
): Match {
  const pairs = recorded.flatMap((call, index) =>
    call.tool === tool
      ? [{ index, name: call.name, recorded: { arguments: call.arguments }, actual: { arguments: args ?? {} } }]
      : [],
  );
  return findPair(pairs, isUsed, placeholders, {
    kind: `call of ${tool}`,
    none:
      pairs.length === 0
        ? noCallOf(tool, recorded)
        : `The scenario has no more calls of ${tool}: it has ${pairs.length}, and all are used.`,
  });
}

/**
 * The first program of a call that is not used and has the same name, arguments, folder and recorded variables. Variables that are not recorded may have any value.
 * @param placeholders with the place `log`, if the program has one
 */
export function findStep(
  call: { readonly name: string; readonly steps: readonly ScenarioStep[] },
  isUsed: (index: number) => boolean,
  { file, args, cwd, env }: WantedStep,
  placeholders: Placeholders,
): Match {
  const program = basename(file);
  const pairs = call.steps.map((step, index) => {
    const environment = step.environment ?? {};
    const isRecorded = ([name]: readonly [string, string]) => Object.hasOwn(environment, name);
    return {
      index,
      name: `${nameOfStep(call.name, index + 1)} (${step.program})`,
      recorded: { program: step.program, arguments: step.arguments, folder: step.folder, environment },
      actual: {
        program,
        arguments: args,
        folder: cwd,
        environment: Object.fromEntries(Object.entries(env).filter(isRecorded)),
      },
    };
  });
  return findPair(pairs, isUsed, placeholders, {
    kind: `program of ${call.name}`,
    none: `${call.name} has no more programs, so none for ${program}: it has ${pairs.length}, and all are used.`,
  });
}

interface Pair {
  readonly index: number;
  readonly name: string;
  readonly recorded: unknown;
  readonly actual: unknown;
}

function findPair(
  pairs: readonly Pair[],
  isUsed: (index: number) => boolean,
  placeholders: Placeholders,
  words: { readonly kind: string; readonly none: string },
): Match {
  const open = pairs.filter(({ index }) => !isUsed(index));
  const same = open.find(({ recorded, actual }) => placeholders.matchesValue(recorded, actual));
  if (same !== undefined) return { index: same.index };
  const usedSame = pairs.find(
    ({ index, recorded, actual }) => isUsed(index) && placeholders.copy().matchesValue(recorded, actual),
  );
  const nearest = nearestOf(open, ({ recorded, actual }) =>
    measureLikeness(recorded, actual, comparisonFor(placeholders)),
  );
  const sentences = [
    ...(usedSame === undefined ? [] : [`${usedSame.name} is the same, and is used.`]),
    nearest === null
      ? words.none
      : `The nearest ${words.kind} that is not used is ${nearest.name}; ${explainDifference(nearest.recorded, nearest.actual, placeholders)}.`,
  ];
  return { whyNot: sentences.join(' ') };
}

function noCallOf(tool: string, recorded: readonly NamedCall[]): string {
  const tools = [...new Set(recorded.map((call) => call.tool))];
  return tools.length === 0
    ? 'The scenario has no calls.'
    : `The scenario has no calls of ${tool}; it has ${countText(recorded.length, 'call')} of ${tools.join(', ')}.`;
}

/** The first difference between a value of a scenario and one of this run, for people; null: they are alike. Binds nothing. */
export const explainDifference = (recorded: unknown, actual: unknown, placeholders: Placeholders): string | null =>
  describeDifference(recorded, actual, comparisonFor(placeholders));

/** Values that one part has bound count for the next one, as in a comparison of the whole. */
function comparisonFor(placeholders: Placeholders) {
  const { matchesValue, differAt } = placeholders.copy();
  return { isAlike: matchesValue, differAt };
}
