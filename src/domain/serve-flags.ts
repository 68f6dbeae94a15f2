import { AppError } from './app-error.ts';
import { type FlagValues, logLevelValues, visibilityValues } from './early-settings.ts';
import { encodeJson } from './encode-json.ts';
import type { DescribeUnknownOption } from './unknown-option.ts';

export interface ServeOption {
  readonly long:
    | '--project'
    | '--visibility'
    | '--open-kitchen'
    | '--log-level'
    | '--verbose'
    | '--set'
    | '--inspect'
    | '--log-calls';
  readonly short?: string;
  /** The placeholder for the value in the help; absent if the option takes none. */
  readonly placeholder?: string;
  /** What the option sets: a configuration key (`values`: `a, b or c`), the project, the gate, the key named in its value, the recording of the charts, or the file for calls. */
  readonly sets:
    | { readonly key: string; readonly fixed: string }
    | { readonly key: string; readonly values: string }
    | 'project'
    | 'gate'
    | 'any-key'
    | 'inspection'
    | 'call-log';
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
}

export const noServeFlags: ServeFlags = {
  flags: {},
  projectDir: null,
  isKitchenOpen: false,
  isInspected: false,
  callLogFile: null,
};

/**
 * Reads the arguments after `serve`.
 * @param describeUnknown `describeUnknownOption`, which is loaded only for an unknown option
 * @throws AppError `invalid_input`, naming the argument
 */
export function parseServeFlags(args: readonly string[], describeUnknown: DescribeUnknownOption): ServeFlags {
  const flags: Record<string, string> = {};
  let projectDir: string | null = null;
  let isKitchenOpen = false;
  let isInspected = false;
  let callLogFile: string | null = null;
  for (let at = 0; at < args.length; at += 1) {
    const { option, inlineValue } = optionIn(args[at] ?? '', describeUnknown);
    const { sets } = option;
    if (option.placeholder === undefined) {
      if (inlineValue !== null) throw usageError(`${option.long} takes no value`);
      if (sets === 'gate') isKitchenOpen = true;
      else if (sets === 'inspection') isInspected = true;
      else if (typeof sets === 'object' && 'fixed' in sets) flags[sets.key] = sets.fixed;
      continue;
    }
    const value = inlineValue ?? valueAfter(args, at, option);
    if (inlineValue === null) at += 1;
    if (value === '') throw needsValue(option);
    if (sets === 'project') projectDir = value;
    else if (sets === 'call-log') callLogFile = value;
    else if (sets === 'any-key') Object.assign(flags, assignmentIn(value));
    else if (typeof sets === 'object' && 'values' in sets) flags[sets.key] = valueIn(option.long, value, sets.values);
  }
  return { flags, projectDir, isKitchenOpen, isInspected, callLogFile };
}

function optionIn(
  argument: string,
  describeUnknown: DescribeUnknownOption,
): { option: ServeOption; inlineValue: string | null } {
  const equals = argument.startsWith('--') ? argument.indexOf('=') : -1;
  const name = equals < 0 ? argument : argument.slice(0, equals);
  const option = serveOptions.find(({ long, short }) => name === long || name === short);
  if (option === undefined) {
    throw usageError(
      name.startsWith('-') ? describeUnknown(name, serveOptions) : `unexpected argument ${encodeJson(argument)}`,
    );
  }
  return { option, inlineValue: equals < 0 ? null : argument.slice(equals + 1) };
}

function valueAfter(args: readonly string[], at: number, option: ServeOption): string {
  const next = args[at + 1];
  if (next !== undefined && !next.startsWith('--')) return next;
  throw needsValue(option);
}

const needsValue = ({ long, placeholder }: ServeOption) => usageError(`${long} needs a value: ${long} ${placeholder}`);

/** Names the option, where the configuration would name the key. */
function valueIn(long: string, value: string, values: string): string {
  const known = values.split(/, | or /);
  if (known.includes(value) || known.includes(value.toUpperCase())) return value;
  throw new AppError('invalid_input', `${long} is ${encodeJson(value)}; expected ${values}; see maitred serve --help`);
}

function assignmentIn(text: string): FlagValues {
  const [, key, value] = /^([a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)+)=(.*)$/s.exec(text) ?? [];
  if (key !== undefined && value !== undefined) return { [key]: value };
  throw usageError(`--set ${encodeJson(text)} is not section.key=value, such as --set readiness.wait_seconds=5`);
}

function usageError(what: string): AppError {
  const known = serveOptions.map(({ long }) => long).join(', ');
  return new AppError('invalid_input', `${what}; maitred serve takes ${known}; see maitred serve --help`);
}
