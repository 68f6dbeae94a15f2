import { AppError } from '../app-error.ts';
import { encodeJson } from '../encode-json.ts';

type Values = Readonly<Record<string, string | undefined>>;

/** What a server is asked to do with a scenario. Folders are as they were given: relative to the working directory, or with `~/`. */
export type ScenarioRequest =
  | {
      readonly kind: 'record';
      readonly dir: string;
      /** What is run, as the person says; null: not said. */
      readonly recipe: string | null;
    }
  | {
      readonly kind: 'replay';
      readonly dir: string;
      /** How much faster than recorded; null: without delays. */
      readonly speed: number | null;
      /** Whether it is a failure if a step is not replayed, or a program not answered. */
      readonly isStrict: boolean;
    };

const slowest = 0.01;
const fastest = 1_000;

const recordVariable = 'MAITRED_RECORD_SCENARIO';
const replayVariable = 'MAITRED_REPLAY_SCENARIO';
const speedVariable = 'MAITRED_REPLAY_SPEED';
const strictVariable = 'MAITRED_REPLAY_STRICT';

/** Whether there is anything to read. Cheap: each server asks it. */
export const mayRequestScenario = (flags: Values, env: Values): boolean =>
  Object.keys(flags).length > 0 || Boolean(env[recordVariable] || env[replayVariable]);

/**
 * @param flags `ServeFlags.scenario`: where one of them names a folder, no variable counts that does
 * @returns null: nothing is recorded or replayed
 * @throws AppError `invalid_input`, naming the option or the variable
 */
export function readScenarioRequest(flags: Values, env: Values): ScenarioRequest | null {
  const { '--record-scenario': recordFlag, '--replay-scenario': replayFlag } = flags;
  const isFlagged = recordFlag !== undefined || replayFlag !== undefined;
  const record = isFlagged ? (recordFlag ?? null) : folderIn(env, recordVariable);
  const replay = isFlagged ? (replayFlag ?? null) : folderIn(env, replayVariable);
  if (record !== null && replay !== null) {
    const [one, other] = isFlagged ? ['--record-scenario', '--replay-scenario'] : [recordVariable, replayVariable];
    throw new AppError('invalid_input', `${one} and ${other} exclude each other: leave one of them out.`);
  }
  if (replay !== null)
    return { kind: 'replay', dir: replay, speed: speedIn(flags, env), isStrict: isStrictIn(flags, env) };
  for (const name of ['--replay-speed', '--strict'])
    if (flags[name] !== undefined)
      throw new AppError('invalid_input', `${name} is for a replay: give --replay-scenario DIR too, or leave it out.`);
  return record === null ? null : { kind: 'record', dir: record, recipe: env[`${recordVariable}_RECIPE`] || null };
}

/** The folder that a variable names, by itself or with `_DIR`; null: none. */
function folderIn(env: Values, name: string): string | null {
  const value = env[name] ?? '';
  const choice = choiceIn(value);
  if (choice === null) return value;
  if (!choice) return null;
  const dir = env[`${name}_DIR`];
  if (dir) return dir;
  throw new AppError(
    'invalid_input',
    `${name} is ${encodeJson(value)}: set ${name}_DIR to the folder of the scenario.`,
  );
}

function speedIn(flags: Values, env: Values): number | null {
  const { '--replay-speed': flag } = flags;
  const text = flag ?? env[speedVariable];
  if (!text) return null;
  const speed = /^\d*\.?\d+$/.test(text) ? Number(text) : Number.NaN;
  if (speed >= slowest && speed <= fastest) return speed;
  throw new AppError(
    'invalid_input',
    `${flag === undefined ? speedVariable : '--replay-speed'} is ${encodeJson(text)}: give a number from ${slowest} to ${fastest}, such as 1 for the delays of the recording.`,
  );
}

function isStrictIn(flags: Values, env: Values): boolean {
  if (flags['--strict'] !== undefined) return true;
  const value = env[strictVariable] ?? '';
  const choice = choiceIn(value);
  if (choice !== null) return choice;
  throw new AppError('invalid_input', `${strictVariable} is ${encodeJson(value)}: set it to 1 or 0.`);
}

/** What a variable says that turns something on or off; null: something else. */
function choiceIn(value: string): boolean | null {
  if (/^(|0|false|no)$/i.test(value)) return false;
  return /^(1|true|yes)$/i.test(value) ? true : null;
}
