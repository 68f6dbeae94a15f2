import * as z from 'zod';
import type { StopReason } from '../child-process.ts';
import {
  isPlainPath,
  isWritablePath,
  mostArguments,
  mostArrivals,
  mostCalls,
  mostFilesOfStep,
  mostPrograms,
  mostSentences,
  type ScenarioCall,
  type ScenarioManifest,
  type ScenarioState,
  type ScenarioStep,
  scenarioVersion,
} from './scenario.ts';

/* The message of every check completes a sentence that begins with "expected". */

const text = z.string('a text');
const notEmpty = z.string('a text that is not empty').min(1, 'a text that is not empty');

const mapping = <Shape extends z.ZodRawShape>(shape: Shape, expected: string) =>
  z.strictObject(shape, `${expected} (${Object.keys(shape).join(', ')})`);

const countUpTo = (most: number, expected = `a whole number from 0 to ${most}`) =>
  z.int(expected).min(0, expected).max(most, expected);
const size = countUpTo(Number.MAX_SAFE_INTEGER, 'a whole number from 0');

const listOf = <Item extends z.ZodType>(item: Item, most: number, of: string) =>
  z.array(item, `a list of ${of}`).max(most, `at most ${most} of them`);
const sentences = listOf(notEmpty, mostSentences, 'sentences');

const states = {
  recording: true,
  complete: true,
  incomplete: true,
} satisfies Record<ScenarioState, true>;

/** Reads the version alone: the rest of another version may have any form. */
export const scenarioVersionSchema = z.looseObject({ version: z.int(), recorded_by: z.unknown() });

export const scenarioManifestSchema = mapping(
  {
    version: z.literal(scenarioVersion, String(scenarioVersion)),
    recorded_by: notEmpty,
    recipe: text.exactOptional(),
    state: z.enum(Object.keys(states) as ScenarioState[], Object.keys(states).join(', ')),
    calls: countUpTo(mostCalls),
    unfinished: listOf(notEmpty, mostCalls, 'names of calls'),
    problems: sentences,
  },
  'what the scenario is',
) satisfies z.ZodType<ScenarioManifest>;

export const scenarioCallSchema = mapping(
  {
    tool: notEmpty,
    step_name: text.exactOptional(),
    arguments: z.record(z.string(), z.unknown(), 'a mapping'),
    outcome: notEmpty,
    programs: countUpTo(mostPrograms),
  },
  'a call',
) satisfies z.ZodType<ScenarioCall>;

const aFile = 'the path of a file below the folder of its call, without ".." and empty parts';

const aHash = '64 lower-case hex digits';
const contentShape = {
  file: z
    .string(aFile)
    .max(1_000, aFile)
    .refine((path) => isPlainPath(path) && !path.includes('\\'), aFile)
    .exactOptional(),
  bytes: size,
  sha256: z
    .string(aHash)
    .regex(/^[0-9a-f]{64}$/, aHash)
    .exactOptional(),
  left_out: size.exactOptional(),
  why_not: text.exactOptional(),
  binary: z.literal(true, 'true').exactOptional(),
};
const content = mapping(contentShape, 'what is kept of a content');

const aPath = 'a path below <<project>>, <<worktrees>>, <<log>> or <<temp.1>>, without ".." and empty parts';
const someMode = 'the permissions as octal digits in quotes, such as "0644"';
const writtenFile = mapping(
  {
    path: z.string(aPath).refine(isWritablePath, aPath),
    mode: z
      .string(someMode)
      .regex(/^[0-7]{3,4}$/, someMode)
      .exactOptional(),
    removed: z.literal(true, 'true').exactOptional(),
    ...contentShape,
  },
  'a file that the program wrote',
);

const aRow = 'a row such as [12, stdout, 3]: milliseconds, stdout or stderr, number of lines';
const milliseconds = z.number(aRow).min(0, aRow);
const arrival = z.tuple([milliseconds, z.enum(['stdout', 'stderr'], aRow), z.int(aRow).min(0, aRow)], aRow).readonly();

const areInOrder = (rows: readonly (readonly [number, ...unknown[]])[]): boolean =>
  rows.every(([atMs], index) => atMs >= (rows[index - 1]?.[0] ?? 0));

const reasons = {
  exited: true,
  timedOut: true,
  tooMuchOutput: true,
  diskLow: true,
  cancelled: true,
} satisfies Record<StopReason, true>;

const someTime = 'a number of milliseconds from 0';
const someCode = 'an exit code from 0 to 255, or null';
const someSignal = 'the name of a signal, such as SIGTERM, or null';

export const scenarioStepSchema = mapping(
  {
    program: notEmpty,
    arguments: listOf(text, mostArguments, 'texts'),
    folder: notEmpty,
    environment: z.record(z.string(), text, 'a mapping of names to texts').exactOptional(),
    stdin: content.exactOptional(),
    stdout: content,
    stderr: content,
    ended: mapping(
      {
        code: z.int(someCode).min(0, someCode).max(255, someCode).nullable(),
        signal: z
          .string(someSignal)
          .regex(/^SIG[A-Z0-9+]{1,20}$/, someSignal)
          .nullable(),
        reason: z.enum(Object.keys(reasons) as StopReason[], Object.keys(reasons).join(', ')),
        after_ms: z.number(someTime).min(0, someTime),
        others: countUpTo(1_000_000),
      },
      'how the program ended',
    ),
    files: listOf(writtenFile, mostFilesOfStep, 'files'),
    files_left_out: sentences.exactOptional(),
    output: listOf(arrival, mostArrivals, 'rows').refine(areInOrder, 'rows in the order of their times'),
  },
  'a program that the call started',
) satisfies z.ZodType<ScenarioStep>;
