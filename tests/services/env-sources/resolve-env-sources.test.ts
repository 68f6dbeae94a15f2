import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/domain/app-error.ts';
import type { EnvSource } from '../../../src/domain/env-source.ts';
import { type EnvResolution, resolveEnvSources } from '../../../src/services/env-sources/resolve-env-sources.ts';
import type { CommandOutcome } from '../../../src/services/platform/process/run-command.ts';
import { runShortCommand } from '../../../src/services/platform/process/run-short-command.ts';
import { tempFolder } from '../../doubles/temp-folder.ts';

type Run = EnvResolution['run'];

const { signal } = new AbortController();

/** Runs real programs in a folder, and keeps what is secret. */
function aResolution(overrides: Partial<EnvResolution> = {}) {
  const cwd = tempFolder();
  const secrets: string[] = [];
  const run: Run = ([file = '', ...args], limits, aborted) => runShortCommand({ file, args, cwd, ...limits }, aborted);
  const resolution: EnvResolution = { cwd, run, onSecret: (value) => secrets.push(value), ...overrides };
  const resolve = (...sources: EnvSource[]) => resolveEnvSources(sources, resolution, signal);
  const plant = (name: string, content: string | Buffer): string => {
    writeFileSync(join(cwd, name), content);
    return join(cwd, name);
  };
  return { cwd, secrets, resolve, plant };
}

const fromFile = (path: string): EnvSource => ({ kind: 'file', name: 'TOKEN', path });
const fromCommand = (...words: string[]): EnvSource => ({ kind: 'command', name: 'TOKEN', words });
const envFile = (path: string): EnvSource => ({ kind: 'envFile', path });

const endsWith =
  (outcome: Partial<CommandOutcome>): Run =>
  async () => ({ exitCode: 0, stdout: '', stderr: '', timedOut: false, isTruncated: false, ...outcome });

async function faultOf(resolving: Promise<unknown>): Promise<AppError> {
  const thrown: unknown = await resolving.then(
    () => 'nothing',
    (error: unknown) => error,
  );
  if (thrown instanceof AppError) return thrown;
  throw new Error(`expected an AppError, got ${String(thrown)}`);
}

describe('A variable comes', () => {
  it('from a file beside the command, without the newline at its end', async () => {
    const { resolve, plant, secrets } = aResolution();
    const path = plant('token', ' one\ntwo \n\n');
    expect(await resolve(fromFile('token'))).toEqual({ TOKEN: ' one\ntwo \n' });
    expect(await resolve(fromFile(path))).toEqual({ TOKEN: ' one\ntwo \n' });
    expect(secrets).toEqual([' one\ntwo \n', ' one\ntwo \n']);
  });

  it('from what a program prints, which gets its arguments as they are', async () => {
    const { resolve, secrets } = aResolution();
    expect(await resolve(fromCommand('echo', '$HOME', 'a  b'))).toEqual({ TOKEN: '$HOME a  b' });
    expect(secrets).toEqual(['$HOME a  b']);
  });

  it('from a file of variables, in the format that Node reads', async () => {
    const { resolve, plant, secrets } = aResolution();
    plant('.env', '\ufeffA=1\n# a comment\nexport B="two\nlines"\nC=\n');
    expect(await resolve(envFile('.env'))).toEqual({ A: '1', B: 'two\nlines', C: '' });
    expect(secrets).toEqual(['1', 'two\nlines', '']);
  });

  it('from the last source that names it', async () => {
    const { resolve, plant, secrets } = aResolution();
    plant('.env', 'TOKEN=of-env-file\nOTHER=x\n');
    plant('token', 'of-file');
    expect(await resolve(envFile('.env'), fromFile('token'))).toEqual({ TOKEN: 'of-file', OTHER: 'x' });
    expect(await resolve(fromFile('token'), envFile('.env'))).toEqual({ TOKEN: 'of-env-file', OTHER: 'x' });
    expect(await resolve(fromFile('token'), fromCommand('echo', 'of-command'))).toEqual({ TOKEN: 'of-command' });
    expect(new Set(secrets)).toEqual(new Set(['of-env-file', 'x', 'of-file', 'of-command']));
  });

  it('from a program that has 10 s, and 8 KiB for its output', async () => {
    let given: unknown;
    const run: Run = async (words, limits, aborted) => {
      given = [words, limits, aborted];
      return endsWith({ stdout: 'x' })(words, limits, aborted);
    };
    await aResolution({ run }).resolve(fromCommand('op', 'read', 'op://a/b'));
    expect(given).toEqual([['op', 'read', 'op://a/b'], { timeLimitMs: 10_000, mostOutputBytes: 8_192 }, signal]);
  });

  it('with at most 8 KiB', async () => {
    const { resolve, plant } = aResolution();
    plant('token', 'x'.repeat(8_192));
    const { TOKEN } = await resolve(fromFile('token'));
    expect(TOKEN).toHaveLength(8_192);
  });
});

describe('A file of a variable is refused with the fix', () => {
  it.each<[string, string, string]>([
    ['absent', 'not_found', 'the file does not exist: create it, or give another path.'],
    ['token/below', 'not_found', 'the file does not exist: create it, or give another path.'],
    ['folder', 'invalid_input', 'that is not a regular file: give the path of one.'],
    ['pipe', 'invalid_input', 'that is not a regular file: give the path of one.'],
    ['large', 'invalid_input', 'the file has 8193 bytes, and at most 8192 are read: give the path of another one.'],
    ['empty', 'invalid_input', 'the value is empty: write it into the file.'],
    ['newline', 'invalid_input', 'the value is empty: write it into the file.'],
    ['nul', 'invalid_input', 'the value contains a NUL character or is not UTF-8: variables hold text;'],
    ['binary', 'invalid_input', 'the value contains a NUL character or is not UTF-8: variables hold text;'],
  ])('%s', async (name, code, message) => {
    const { resolve, plant, cwd } = aResolution();
    mkdirSync(join(cwd, 'folder'));
    execFileSync('mkfifo', [join(cwd, 'pipe')]);
    plant('token', 'abc');
    plant('large', 'x'.repeat(8_193));
    plant('empty', '');
    plant('newline', '\n');
    plant('nul', 'a\0b');
    plant('binary', Buffer.from([0x61, 0xff]));
    expect(await faultOf(resolve(fromFile(name)))).toMatchObject({
      code,
      message: expect.stringContaining(`--env TOKEN (file:${name}): ${message}`),
    });
  });
});

/** Node 20 does, and newer ones leave it out: then nobody can tell. */
const joinsStrayLines = Object.keys(parseEnv('a stray line\nA=1')).some((name) => /\s/.test(name));
const strayLine: [string, string, string, string][] = joinsStrayLines
  ? [['with a line that is no variable', 'a secret line\nA=1', 'invalid_input', 'the file has a line that is neither']]
  : [];

describe('A file of variables is refused with the fix', () => {
  it.each<[string, string, string, string]>([
    ['that is larger than 64 KiB', `A=${'x'.repeat(65_535)}`, 'invalid_input', 'the file has 65537 bytes, and at most'],
    ...strayLine,
    ['with a NUL character', 'A=secret\0line', 'invalid_input', 'the value contains a NUL character'],
  ])('%s, and the error shows nothing of it', async (_title, content, code, message) => {
    const { resolve, plant } = aResolution();
    plant('.env', content);
    const fault = await faultOf(resolve(envFile('.env')));
    expect(fault).toMatchObject({ code, message: expect.stringContaining(`--env-file .env: ${message}`) });
    expect(JSON.stringify([fault.message, fault.details])).not.toContain('secret');
  });

  it('that does not exist', async () => {
    const { resolve } = aResolution();
    expect(await faultOf(resolve(envFile('/none/.env')))).toMatchObject({
      code: 'not_found',
      message: '--env-file /none/.env: the file does not exist: create it, or give another path.',
    });
  });
});

describe('A program that gives no value is named with the fix', () => {
  it('where it does not exist', async () => {
    const { resolve } = aResolution();
    expect(await faultOf(resolve(fromCommand('no-such-program', 'secret')))).toMatchObject({
      code: 'not_found',
      message:
        '--env TOKEN (cmd:no-such-program): no-such-program does not exist: install it, or put its folder into PATH.',
    });
  });

  it('where it fails, with the end of its stderr and without what it printed', async () => {
    const { resolve, secrets } = aResolution();
    const script = 'echo half-a-secret; printf "%2000s" >&2; echo not logged in >&2; exit 3';
    const fault = await faultOf(resolve(fromCommand('sh', '-c', script)));
    expect(fault).toMatchObject({
      code: 'process_failed',
      message: '--env TOKEN (cmd:sh): the program ended with exit code 3: run it in a terminal to see why.',
      details: { output: expect.stringMatching(/^ {1986}not logged in\n$/) },
    });
    expect(secrets).toEqual(['half-a-secret']);
  });

  it.each<[string, Partial<CommandOutcome>, string, string]>([
    ['where a signal ended it', { exitCode: null, stdout: 'secret' }, 'process_failed', 'ended with a signal'],
    [
      'where it prints nothing',
      { stdout: '\n' },
      'invalid_input',
      'the value is empty: see that the program prints it',
    ],
    [
      'where it prints too much',
      { isTruncated: true, stdout: 'secret', exitCode: null },
      'invalid_input',
      'prints more than 8192',
    ],
    ['where its characters take too much', { stdout: 'é'.repeat(4_097) }, 'invalid_input', 'prints more than 8192'],
    [
      'where it takes too long',
      { timedOut: true, exitCode: null, stdout: 'secret' },
      'timed_out',
      'did not end within 10 s',
    ],
    ['where it prints a NUL character', { stdout: 'secret\0' }, 'invalid_input', 'contains a NUL character'],
  ])('%s', async (_title, outcome, code, message) => {
    const { resolve, secrets } = aResolution({ run: endsWith({ stderr: 'ask', ...outcome }) });
    const fault = await faultOf(resolve(fromCommand('op', 'read')));
    expect(fault.code).toBe(code);
    expect(fault.message).toMatch(/^--env TOKEN \(cmd:op\): /);
    expect(fault.message).toContain(message);
    expect(JSON.stringify([fault.message, fault.details])).not.toContain('secret');
    expect(secrets).toEqual([(outcome.stdout ?? '').trim()]);
  });
});

describe('Reading variables', () => {
  it('ends with the reason of the signal, and starts nothing after it', async () => {
    const controller = new AbortController();
    const started: string[] = [];
    const run: Run = async ([program = '']) => {
      started.push(program);
      controller.abort('the client has gone');
      return endsWith({ stdout: 'x' })([], { timeLimitMs: 1, mostOutputBytes: 1 }, signal);
    };
    const sources = [fromCommand('first'), fromCommand('second')];
    const resolution = { cwd: tempFolder(), run, onSecret: () => undefined };
    await expect(resolveEnvSources(sources, resolution, controller.signal)).rejects.toBe('the client has gone');
    expect(started).toEqual(['first']);
  });

  it('stops at the first source that fails', async () => {
    const { resolve, secrets } = aResolution();
    await faultOf(resolve(fromFile('absent'), fromCommand('echo', 'x')));
    expect(secrets).toEqual([]);
  });
});
