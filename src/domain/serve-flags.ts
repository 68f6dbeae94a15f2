import type { AppError } from './app-error.ts';
import { type FlagValues, logLevelValues, visibilityValues } from './early-settings.ts';

export interface ServeOption {
  readonly long:
    | '--project'
    | '--visibility'
    | '--open-kitchen'
    | '--log-level'
    | '--verbose'
    | '--set'
    | '--inspect'
    | '--log-calls'
    | '--record-scenario'
    | '--replay-scenario'
    | '--replay-speed'
    | '--strict';
  readonly short?: string;
  /** The placeholder for the value in the help; absent if the option takes none. */
  readonly placeholder?: string;
  /** What the option sets: a configuration key (`values`: `a, b or c`), the project, the gate, the key named in its value, the recording of the charts, the file for calls, or what `ServeFlags.scenario` holds. */
  readonly sets:
    | { readonly key: string; readonly fixed: string }
    | { readonly key: string; readonly values: string }
    | 'project'
    | 'gate'
    | 'any-key'
    | 'inspection'
    | 'call-log'
    | 'scenario';
}

/** The options of `maitred serve`, for the parser and for the help. */
export const serveOptions: readonly ServeOption[] = [
  { long: '--project', placeholder: 'DIR', sets: 'project' },
  { long: '--visibility', placeholder: 'MODE', sets: { key: 'kitchen.visibility', values: visibilityValues } },
  { long: '--open-kitchen', sets: 'gate' },
  { long: '--log-level', placeholder: 'LEVEL', sets: { key: 'logging.level', values: logLevelValues } },
  { long: '--verbose', short: '-v', sets: { key: 'logging.level', fixed: 'DEBUG' } },
  { long: '--set', placeholder: 'KEY=VALUE', sets: 'any-key' },
  { long: '--inspect', sets: 'inspection' },
  { long: '--log-calls', placeholder: 'FILE', sets: 'call-log' },
  { long: '--record-scenario', placeholder: 'DIR', sets: 'scenario' },
  { long: '--replay-scenario', placeholder: 'DIR', sets: 'scenario' },
  { long: '--replay-speed', placeholder: 'N', sets: 'scenario' },
  { long: '--strict', sets: 'scenario' },
];

export interface ServeFlags {
  /** Values by configuration key; the last option for a key counts. They are validated with the configuration, too. */
  readonly flags: FlagValues;
  /** As it was given; may be relative to the working directory. */
  readonly projectDir: string | null;
  /** Whether the kitchen is open from the start. */
  readonly isKitchenOpen: boolean;
  readonly isInspected: boolean;
  /** As it was given; may be relative to the working directory. null: calls are not written to a file. */
  readonly callLogFile: string | null;
  /** The options that record or replay a scenario, with their values as they were given; `''`: it takes none. */
  readonly scenario: FlagValues;
}

export const noServeFlags: ServeFlags = {
  flags: {},
  projectDir: null,
  isKitchenOpen: false,
  isInspected: false,
  callLogFile: null,
  scenario: {},
};

export type ServeFlagProblem = 'unknown' | 'takesNoValue' | 'needsValue' | 'badValue' | 'badAssignment';

/**
 * What is wrong with an argument of `maitred serve`, as `invalid_input`.
 * @param name of the option
 * @param given its value; of an unknown one, the whole argument
 */
export type RefuseServeFlag = (problem: ServeFlagProblem, name: string, given?: string) => AppError;

/**
 * Reads the arguments after `serve`.
 * @param refuse `refuseServeFlag`, which is loaded only for a wrong argument
 * @throws AppError `invalid_input`, naming the argument
 */
export function parseServeFlags(args: readonly string[], refuse: RefuseServeFlag): ServeFlags {
  const flags: Record<string, string> = {};
  const scenario: Record<string, string> = {};
  let projectDir: string | null = null;
  let isKitchenOpen = false;
  let isInspected = false;
  let callLogFile: string | null = null;
  for (let at = 0; at < args.length; at += 1) {
    const { option, inlineValue } = optionIn(args[at] ?? '', refuse);
    const { long, placeholder, sets } = option;
    if (placeholder === undefined) {
      if (inlineValue !== null) throw refuse('takesNoValue', long);
      if (sets === 'gate') isKitchenOpen = true;
      else if (sets === 'inspection') isInspected = true;
      else if (sets === 'scenario') scenario[long] = '';
      else if (typeof sets === 'object' && 'fixed' in sets) flags[sets.key] = sets.fixed;
      continue;
    }
    const value = inlineValue ?? args[at + 1];
    // A value that begins with dashes is given after an equals sign.
    if (!value || (inlineValue === null && value.startsWith('--'))) throw refuse('needsValue', long);
    if (inlineValue === null) at += 1;
    if (sets === 'project') projectDir = value;
    else if (sets === 'call-log') callLogFile = value;
    else if (sets === 'scenario') scenario[long] = value;
    else if (sets === 'any-key') Object.assign(flags, assignmentIn(value, refuse));
    else if (typeof sets === 'object' && 'values' in sets) {
      if (!isOneOf(sets.values, value)) throw refuse('badValue', long, value);
      flags[sets.key] = value;
    }
  }
  return { flags, projectDir, isKitchenOpen, isInspected, callLogFile, scenario };
}

function optionIn(argument: string, refuse: RefuseServeFlag): { option: ServeOption; inlineValue: string | null } {
  const equals = argument.startsWith('--') ? argument.indexOf('=') : -1;
  const name = equals < 0 ? argument : argument.slice(0, equals);
  const option = serveOptions.find(({ long, short }) => name === long || name === short);
  if (option === undefined) throw refuse('unknown', name, argument);
  return { option, inlineValue: equals < 0 ? null : argument.slice(equals + 1) };
}

function isOneOf(values: string, value: string): boolean {
  const known = values.split(/, | or /);
  return known.includes(value) || known.includes(value.toUpperCase());
}

function assignmentIn(text: string, refuse: RefuseServeFlag): FlagValues {
  const [, key, value] = /^([a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)+)=(.*)$/s.exec(text) ?? [];
  if (key === undefined || value === undefined) throw refuse('badAssignment', '--set', text);
  return { [key]: value };
}
