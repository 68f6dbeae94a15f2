import { type Stats, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { AppError, isAppError } from '../../domain/app-error.ts';
import { withoutByteOrderMark } from '../../domain/byte-order-mark.ts';
import type { EnvSource } from '../../domain/env-source.ts';
import { errorCodeOf } from '../platform/error-code.ts';
import type { CommandOutcome } from '../platform/process/run-command.ts';
import { readSmallFile } from '../platform/read-regular-file.ts';

const mostFileBytes = 65_536;
const mostValueBytes = 8_192;
const timeLimitMs = 10_000;
const mostStderrCharacters = 2_000;

export interface EnvResolution {
  /** Where relative paths of files begin. */
  readonly cwd: string;
  /** Runs a program with its arguments, without a shell. One that fails or takes too long is an outcome, not an error. */
  run(
    words: readonly string[],
    limits: { readonly timeLimitMs: number; readonly mostOutputBytes: number },
    signal: AbortSignal,
  ): Promise<CommandOutcome>;
  /** Called with every value, before anything can fail that could show it. */
  onSecret(value: string): void;
}

/**
 * Reads the variables of a wrapped command, one source after the other; of two with the same name, the later one wins. A value has at most 8
 * KiB, an env file 64 KiB, and a program may take 10 s. One newline at the end of a file or of an output is not part of the value.
 * @returns values by name
 * @throws AppError which names the option and the fix, never a value: `not_found` for a file or program that does not exist, `invalid_input`
 * for content that cannot be a value, `process_failed` and `timed_out` for a program, with the end of its stderr in `details.output`; the
 * signal's reason if it is aborted
 */
export async function resolveEnvSources(
  sources: readonly EnvSource[],
  resolution: EnvResolution,
  signal: AbortSignal,
): Promise<Readonly<Record<string, string>>> {
  const values = new Map<string, string>();
  for (const source of sources) {
    signal.throwIfAborted();
    const entries =
      source.kind === 'envFile'
        ? readEnvFile(source.path, resolution)
        : [[source.name, await valueFrom(source, resolution, signal)] as const];
    for (const [name, value] of entries) values.set(name, value);
  }
  return Object.fromEntries(values);
}

function readEnvFile(path: string, { cwd, onSecret }: EnvResolution): (readonly [string, string])[] {
  const option = `--env-file ${path}`;
  const text = withoutByteOrderMark(readText(option, resolve(cwd, path), mostFileBytes));
  const entries = Object.entries(parseEnv(text)).map(([name, value = '']) => [name, value] as const);
  for (const [, value] of entries) onSecret(value);
  // Node takes a line without an equals sign for a part of the next name.
  if (entries.some(([name]) => /\s/.test(name)))
    throw new AppError(
      'invalid_input',
      `${option}: the file has a line that is neither NAME=value nor a comment: correct it.`,
    );
  for (const [, value] of entries) validateText(option, value);
  return entries;
}

async function valueFrom(
  source: Exclude<EnvSource, { kind: 'envFile' }>,
  resolution: EnvResolution,
  signal: AbortSignal,
): Promise<string> {
  const isFile = source.kind === 'file';
  // Not as it is typed: what follows TOKEN= is redacted in logs.
  const option = `--env ${source.name} (${isFile ? `file:${source.path}` : `cmd:${source.words[0]}`})`;
  const value = isFile
    ? withoutNewline(readText(option, resolve(resolution.cwd, source.path), mostValueBytes))
    : await outputOf(option, source.words, resolution, signal);
  if (isFile) resolution.onSecret(value);
  if (value === '') throw new AppError('invalid_input', `${option}: the value is empty: ${fixes[source.kind]}.`);
  validateText(option, value);
  return value;
}

const fixes = { file: 'write it into the file', command: 'see that the program prints it on its standard output' };

/** What the program prints is secret also where it fails. */
async function outputOf(
  option: string,
  words: readonly string[],
  { run, onSecret }: EnvResolution,
  signal: AbortSignal,
): Promise<string> {
  const { exitCode, stdout, stderr, timedOut, isTruncated } = await run(
    words,
    { timeLimitMs, mostOutputBytes: mostValueBytes },
    signal,
  ).catch((thrown: unknown) => {
    if (signal.aborted || !isAppError(thrown)) throw thrown;
    const { code, message, details = {} } = thrown;
    throw new AppError(code, `${option}: ${message}`, { details, cause: thrown });
  });
  const value = withoutNewline(stdout);
  onSecret(value);
  const details = stderr === '' ? {} : { output: stderr.slice(-mostStderrCharacters) };
  if (timedOut)
    throw new AppError(
      'timed_out',
      `${option}: the program did not end within ${timeLimitMs / 1_000} s: see that it asks for nothing, and try again.`,
      { details },
    );
  if (isTruncated || Buffer.byteLength(value) > mostValueBytes)
    throw new AppError(
      'invalid_input',
      `${option}: the program prints more than ${mostValueBytes} bytes: let it print only the value.`,
    );
  if (exitCode !== 0)
    throw new AppError(
      'process_failed',
      `${option}: the program ended with ${exitCode === null ? 'a signal' : `exit code ${exitCode}`}: run it in a terminal to see why.`,
      { details },
    );
  return value;
}

const withoutNewline = (text: string): string => text.replace(/\r?\n$/, '');

function validateText(option: string, value: string): void {
  if (/[\0\ufffd]/.test(value))
    throw new AppError(
      'invalid_input',
      `${option}: the value contains a NUL character or is not UTF-8: variables hold text; encode it, for example as base64.`,
    );
}

function readText(option: string, path: string, maxBytes: number): string {
  const { isRegular, sizeBytes } = look(option, path);
  const objection = (message: string) => new AppError('invalid_input', `${option}: ${message}`, { details: { path } });
  if (!isRegular) throw objection('that is not a regular file: give the path of one.');
  if (sizeBytes > maxBytes)
    throw objection(`the file has ${sizeBytes} bytes, and at most ${maxBytes} are read: give the path of another one.`);
  const text = readSmallFile(path, maxBytes);
  if (text === null) throw objection('the file cannot be read by this user: make it readable (chmod u+r).');
  return text;
}

function look(option: string, path: string): { isRegular: boolean; sizeBytes: number } {
  let stats: Stats;
  try {
    stats = statSync(path);
  } catch (cause) {
    const errno = errorCodeOf(cause);
    const details = { path, errno };
    if (errno === 'ENOENT' || errno === 'ENOTDIR')
      throw new AppError('not_found', `${option}: the file does not exist: create it, or give another path.`, {
        details,
        cause,
      });
    throw new AppError('unavailable', `${option}: the file cannot be read (${errno}): give this user access to it.`, {
      details,
      cause,
    });
  }
  return { isRegular: stats.isFile(), sizeBytes: stats.size };
}
