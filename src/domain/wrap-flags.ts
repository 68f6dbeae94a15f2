import { AppError, toFault } from './app-error.ts';
import { parseDuration } from './duration.ts';
import { type LogLevel, logLevels } from './early-settings.ts';
import { encodeJson } from './encode-json.ts';
import type { EnvSource } from './env-source.ts';
import { splitCommand } from './split-command.ts';
import type { ToolFilterOptions } from './tool-filter.ts';
import type { DescribeUnknownOption } from './unknown-option.ts';

/** The arguments of `maitred wrap`. Paths are as they were given; they may be relative to the working directory. */
export interface WrapFlags {
  /** The command. */
  readonly file: string;
  readonly args: readonly string[];
  /** null: `commandName(file, args)`. */
  readonly name: string | null;
  /** Whether the command is started by the first call. */
  readonly isLazy: boolean;
  /** After this time without a call the command is stopped; null: never. */
  readonly idleMs: number | null;
  readonly startTimeoutMs: number;
  readonly retriesIdempotent: boolean;
  /** In the order of the arguments. */
  readonly envSources: readonly EnvSource[];
  /** Names of variables whose values belong to the key of the cached handshake. */
  readonly keyEnv: readonly string[];
  readonly tools: ToolFilterOptions;
  readonly logCallsFile: string | null;
  /** Whether to fill the cache and end. */
  readonly isWarm: boolean;
  /** The client whose handshake is cached; null: any. */
  readonly warmClient: string | null;
  /** null: as configured. */
  readonly logLevel: LogLevel | null;
  readonly isInspected: boolean;
}

type Choices = Omit<WrapFlags, 'file' | 'args'>;

const defaults: Choices = {
  name: null,
  isLazy: false,
  idleMs: null,
  startTimeoutMs: 60_000,
  retriesIdempotent: false,
  envSources: [],
  keyEnv: [],
  tools: { allow: [], deny: [], maxNameLength: null },
  logCallsFile: null,
  isWarm: false,
  warmClient: null,
  logLevel: null,
  isInspected: false,
};

export interface WrapOption {
  readonly long:
    | '--name'
    | '--lazy'
    | '--idle'
    | '--start-timeout'
    | '--retry-idempotent'
    | '--env-file'
    | '--env'
    | '--allow'
    | '--deny'
    | '--max-name'
    | '--warm'
    | '--client'
    | '--key-env'
    | '--log-calls'
    | '--log-level'
    | '--verbose'
    | '--inspect';
  readonly short?: string;
  /** The placeholder for the value in the help; absent if the option takes none. */
  readonly placeholder?: string;
  /** What the option changes. @param value '' for an option that takes none @throws AppError `invalid_input` */
  readonly choose: (value: string, chosen: Choices) => Partial<Choices>;
}

/** The options of `maitred wrap`, for the parser and for the help. The last one counts, except for those that add to a list. */
export const wrapOptions: readonly WrapOption[] = [
  { long: '--name', placeholder: 'NAME', choose: (name) => ({ name }) },
  { long: '--lazy', choose: () => ({ isLazy: true }) },
  { long: '--idle', placeholder: 'DURATION', choose: (text) => ({ idleMs: durationIn('--idle', text, '24h') }) },
  {
    long: '--start-timeout',
    placeholder: 'DURATION',
    choose: (text) => ({ startTimeoutMs: durationIn('--start-timeout', text, '1h') }),
  },
  { long: '--retry-idempotent', choose: () => ({ retriesIdempotent: true }) },
  {
    long: '--env-file',
    placeholder: 'FILE',
    choose: (path, { envSources }) => ({ envSources: [...envSources, { kind: 'envFile', path }] }),
  },
  {
    long: '--env',
    placeholder: 'NAME=SOURCE',
    choose: (text, { envSources }) => ({ envSources: [...envSources, envSourceIn(text)] }),
  },
  {
    long: '--allow',
    placeholder: 'GLOB',
    choose: (glob, { tools }) => ({ tools: { ...tools, allow: [...tools.allow, globIn('--allow', glob)] } }),
  },
  {
    long: '--deny',
    placeholder: 'GLOB',
    choose: (glob, { tools }) => ({ tools: { ...tools, deny: [...tools.deny, globIn('--deny', glob)] } }),
  },
  {
    long: '--max-name',
    placeholder: 'N',
    choose: (text, { tools }) => ({ tools: { ...tools, maxNameLength: nameLengthIn(text) } }),
  },
  { long: '--warm', choose: () => ({ isWarm: true }) },
  { long: '--client', placeholder: 'NAME', choose: (warmClient) => ({ warmClient }) },
  {
    long: '--key-env',
    placeholder: 'NAME',
    choose: (name, { keyEnv }) => ({ keyEnv: [...keyEnv, variableIn('--key-env', name)] }),
  },
  { long: '--log-calls', placeholder: 'FILE', choose: (logCallsFile) => ({ logCallsFile }) },
  { long: '--log-level', placeholder: 'LEVEL', choose: (text) => ({ logLevel: logLevelIn(text) }) },
  { long: '--verbose', short: '-v', choose: () => ({ logLevel: 'DEBUG' }) },
  { long: '--inspect', choose: () => ({ isInspected: true }) },
];

const example = 'maitred wrap -- npx some-server';

/**
 * Reads the arguments after `wrap`: options, `--`, and the command.
 * @param describeUnknown `describeUnknownOption`, which is loaded only for an unknown option
 * @throws AppError `invalid_input`, naming the argument
 */
export function parseWrapFlags(args: readonly string[], describeUnknown: DescribeUnknownOption): WrapFlags {
  let chosen = defaults;
  let at = 0;
  for (; at < args.length && args[at] !== '--'; at += 1) {
    const { option, inlineValue } = optionIn(args[at] ?? '', describeUnknown);
    if (option.placeholder === undefined) {
      if (inlineValue !== null) throw usageError(`${option.long} takes no value`);
      chosen = { ...chosen, ...option.choose('', chosen) };
      continue;
    }
    const value = inlineValue ?? valueAfter(args, at, option);
    if (inlineValue === null) at += 1;
    if (value === '') throw needsValue(option);
    chosen = { ...chosen, ...option.choose(value, chosen) };
  }
  if (chosen.warmClient !== null && !chosen.isWarm) throw usageError('--client needs --warm');
  const [file, ...rest] = args.slice(at + 1);
  if (!file) throw usageError(`no command to run: put it after --, as in ${example}`);
  return { file, args: rest, ...chosen };
}

function optionIn(
  argument: string,
  describeUnknown: DescribeUnknownOption,
): { option: WrapOption; inlineValue: string | null } {
  const equals = argument.startsWith('--') ? argument.indexOf('=') : -1;
  const name = equals < 0 ? argument : argument.slice(0, equals);
  const option = wrapOptions.find(({ long, short }) => name === long || name === short);
  if (option !== undefined) return { option, inlineValue: equals < 0 ? null : argument.slice(equals + 1) };
  if (name.startsWith('-')) throw usageError(describeUnknown(name, wrapOptions));
  throw usageError(`${encodeJson(argument)} is not an option: put -- before the command: ${example}`);
}

function valueAfter(args: readonly string[], at: number, option: WrapOption): string {
  const next = args[at + 1];
  if (next !== undefined && !next.startsWith('--')) return next;
  throw needsValue(option);
}

const needsValue = ({ long, placeholder }: WrapOption) => usageError(`${long} needs a value: ${long} ${placeholder}`);

/** A duration from a second to `most`. */
/** What other programs read as a set of characters or names would match nothing here. */
function globIn(option: string, glob: string): string {
  if (!/[[\]{},]/.test(glob)) return glob;
  throw usageError(
    `${option} ${encodeJson(glob)}: in a glob, * is any text and ? one character; give the option again for each further glob`,
  );
}

function durationIn(long: string, text: string, most: '1h' | '24h'): number {
  const durationMs = parseDuration(text);
  if (durationMs === null)
    throw usageError(`${long} ${encodeJson(text)} is not a number with its unit, such as 90s, 10m or 2h`);
  if (durationMs >= 1_000 && durationMs <= (parseDuration(most) ?? 0)) return durationMs;
  throw usageError(`${long} ${text} is out of range: give 1s to ${most}`);
}

const forms = (name: string) => `--env ${name}=file:PATH or --env "${name}=cmd:PROGRAM ARGS"`;

/** Errors do not show a value in the arguments: it may be a secret. */
function envSourceIn(text: string): EnvSource {
  const [, given, kind, source] = /^([^=]*)(?:=(?:(file|cmd):)?(.*))?$/s.exec(text) ?? [];
  if (source === undefined) throw usageError(`--env needs a source for the variable: ${forms('NAME')}`);
  const name = variableIn('--env', given ?? '');
  if (kind === undefined) {
    const why = 'every user of the machine can see a value in the arguments';
    throw usageError(`--env ${name}: ${why}; set ${name} in the env entry of your client, or give ${forms(name)}`);
  }
  if (kind === 'cmd') return { kind: 'command', name, words: wordsIn(name, source) };
  if (source === '') throw usageError(`--env ${name}=file: needs the path of a file`);
  return { kind: 'file', name, path: source };
}

function wordsIn(name: string, line: string): readonly string[] {
  try {
    return splitCommand(line);
  } catch (thrown) {
    throw usageError(`--env ${name}: ${toFault(thrown).message}`);
  }
}

function variableIn(long: string, name: string): string {
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return name;
  throw usageError(`${long} ${encodeJson(name)} is not the name of a variable, such as API_TOKEN`);
}

function nameLengthIn(text: string): number {
  if (/^\d{1,3}$/.test(text) && Number(text) >= 16 && Number(text) <= 128) return Number(text);
  throw usageError(`--max-name ${encodeJson(text)} is not a length in characters from 16 to 128`);
}

function logLevelIn(text: string): LogLevel {
  const level = logLevels.find((known) => known === text.toUpperCase());
  if (level !== undefined) return level;
  throw usageError(`--log-level ${encodeJson(text)} is not one of ${logLevels.join(', ')}`);
}

const usageError = (what: string) => new AppError('invalid_input', `${what}; see maitred wrap --help`);
