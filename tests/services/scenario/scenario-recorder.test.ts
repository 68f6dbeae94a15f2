import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readProcessIdentity } from '../../../src/services/platform/process-identity.ts';
import { checkScenario } from '../../../src/services/scenario/check-scenario.ts';
import { readScenario } from '../../../src/services/scenario/read-scenario.ts';
import { tempFolder } from '../../doubles/temp-folder.ts';
import { git } from '../../support/a-git-project.ts';
import { doInProcess } from '../../support/bound-user.ts';
import { canMount, inOwnMounts } from '../../support/own-mounts.ts';
import {
  aFile,
  aProgram,
  aRecorder,
  captured,
  logged,
  project,
  recordCall,
  recordScenario,
  redactor,
  secret,
} from './a-recorder.ts';

const read = (path: string) => readFileSync(path, 'utf8');
const namesIn = (dir: string) => readdirSync(dir, { recursive: true }).map(String).sort();
const stepIn = async (dir: string) => (await readScenario(dir)).calls[0]?.steps[0];
const never = new AbortController().signal;

describe('A recorded scenario', () => {
  it('is files that people can read, with places instead of paths', async () => {
    const dir = `${tempFolder()}/new/scenario`;
    const recorder = await aRecorder(dir, `make -C ${project}`);
    await recordCall(
      recorder,
      {
        env: { DIR: `${project}/x` },
        stdin: captured('hello'),
        files: [aFile('dist/a.js')],
        logDir: `${project}/logs`,
      },
      { tool: 'run_skill', args: { skill_command: `/plan ${project}`, flags: ['a', 1] } },
    );
    recorder.finish();
    const call = 'calls/0001-run_skill';
    expect(namesIn(dir).filter((name) => statSync(`${dir}/${name}`).isFile())).toEqual([
      '.gitattributes',
      '.gitignore',
      `${call}/1.files/project/dist/a.js`,
      `${call}/1.stdin`,
      `${call}/1.stdout`,
      `${call}/1.yaml`,
      `${call}/call.yaml`,
      'scenario.yaml',
    ]);
    expect(read(`${dir}/scenario.yaml`)).toBe(
      '# What programs did once, recorded by `maitred serve --record-scenario`.\n' +
        '# Replay it with `maitred serve --replay-scenario DIR`, and see what is in it with `maitred scenario show DIR`.\n' +
        'version: 1\nrecorded_by: 1.2.3\nrecipe: make -C <<project>>\nstate: complete\ncalls: 1\nunfinished: []\nproblems: []\n',
    );
    expect(read(`${dir}/${call}/call.yaml`)).toBe(
      'tool: run_skill\nstep_name: plan\narguments:\n  skill_command: /plan <<project>>\n  flags:\n    - a\n    - 1\noutcome: succeeded\nprograms: 1\n',
    );
    expect(read(`${dir}/${call}/1.yaml`)).toMatch(/output:\n {2}- \[1, stdout, 1\]\n {2}- \[20, stdout, 1\]\n$/);
    expect(await stepIn(dir)).toMatchObject({
      program: 'tool',
      arguments: ['--quick', '<<project>>/a.txt'],
      folder: '<<project>>',
      environment: { DIR: '<<project>>/x' },
      stdin: { file: '1.stdin', bytes: 5 },
      stdout: { file: '1.stdout', bytes: 8 },
      stderr: { bytes: 0 },
      ended: { code: 0, signal: null, reason: 'exited', after_ms: 32, others: 0 },
      files: [{ path: '<<project>>/dist/a.js', mode: '0644', file: '1.files/project/dist/a.js' }],
    });
  });

  it('is committed as a whole and byte by byte, whatever its repository ignores or converts', async () => {
    const repository = tempFolder();
    writeFileSync(`${repository}/.gitignore`, 'dist\n*.stdout\n');
    writeFileSync(`${repository}/.gitattributes`, '* text=auto\n');
    await recordScenario(`${repository}/scenario`, {
      stdout: captured('one\r\ntwo\r\n'),
      files: [aFile('dist/a.js')],
    });
    git(repository, 'init', '--quiet');
    git(repository, 'add', '--all');
    const clone = tempFolder();
    git(repository, 'checkout-index', '--all', `--prefix=${clone}/`);
    expect(await checkScenario(`${clone}/scenario`, { redact: redactor })).toMatchObject({
      scenario: { manifest: { calls: 1 } },
      findings: [],
    });
  });

  it('can be read by others below its folder, and its folder by nobody else', async () => {
    const dir = `${tempFolder()}/scenario`;
    await recordScenario(dir);
    const modeOf = (path: string) => (statSync(`${dir}/${path}`).mode & 0o777).toString(8);
    const umask = process.umask();
    expect(modeOf('')).toBe('700');
    expect(modeOf('calls/0001-run_cmd')).toBe((0o755 & ~umask).toString(8));
    expect(modeOf('calls/0001-run_cmd/1.stdout')).toBe((0o644 & ~umask).toString(8));
    expect(modeOf('scenario.yaml')).toBe((0o644 & ~umask).toString(8));
  });

  it('holds texts with any characters as they are', async () => {
    const texts = [
      'a\nb  \n\n c\n',
      'a\r\nb',
      '\u001b[1m\nx',
      '  lead\nb',
      'tail\n ',
      '\u2028\ufeff',
      '~',
      '1e3',
      '',
      '- x: #',
      '<<',
      '\t\n',
    ];
    const dir = `${tempFolder()}/scenario`;
    const recorder = await aRecorder(dir);
    const nested = texts.reduceRight<unknown>((inner, text) => ({ [text]: inner }), texts);
    await recordCall(recorder, { args: texts }, { args: nested });
    recorder.finish();
    const [call] = (await readScenario(dir)).calls;
    expect(call?.steps[0]?.arguments).toEqual(texts);
    expect(JSON.stringify(call?.call.arguments)).toContain('lead');
  });

  it('numbers calls in the order of their first programs, and leaves out those that start none', async () => {
    const dir = `${tempFolder()}/scenario`;
    const recorder = await aRecorder(dir);
    const [first, second, third] = ['first', 'second', 'third'].map((tool) => recorder.beginCall({ tool, args: null }));
    await third?.add(third.nextProgram(), aProgram());
    await first?.add(first.nextProgram(), aProgram());
    first?.settle('invalid_input');
    first?.settle('succeeded');
    second?.settle('succeeded');
    third?.settle('succeeded');
    recorder.finish();
    const { calls } = await readScenario(dir);
    expect(calls.map(({ name, call }) => [name, call.outcome])).toEqual([
      ['0001-third', 'succeeded'],
      ['0002-first', 'invalid_input'],
    ]);
  });

  it('does not hold a program that could not be started', async () => {
    const dir = `${tempFolder()}/scenario`;
    const recorder = await aRecorder(dir);
    const only = recorder.beginCall({ tool: 'only', args: {} });
    only.drop(only.nextProgram());
    only.settle('not_found');
    const fallback = recorder.beginCall({ tool: 'fallback', args: {} });
    fallback.drop(fallback.nextProgram());
    await fallback.add(fallback.nextProgram(), aProgram());
    fallback.settle('succeeded');
    recorder.finish();
    const { calls, manifest } = await readScenario(dir);
    expect(calls.map(({ name, steps }) => [name, steps.length])).toEqual([['0002-fallback', 1]]);
    expect(manifest).toMatchObject({ state: 'complete', unfinished: [] });
    expect(readdirSync(`${dir}/calls`)).toEqual(['0002-fallback']);
  });

  it('lists calls that had not settled and those that the end of the server has ended, and keeps nothing of them', async () => {
    const dir = `${tempFolder()}/scenario`;
    const recorder = await aRecorder(dir);
    const late = recorder.beginCall({ tool: 'late', args: {} });
    await late.add(late.nextProgram(), aProgram());
    const ended = recorder.beginCall({ tool: 'ended', args: {} });
    ended.nextProgram();
    ended.abandon();
    ended.settle('cancelled');
    recorder.finish();
    expect((await readScenario(dir)).manifest).toMatchObject({
      state: 'complete',
      calls: 0,
      unfinished: ['0001-late', '0002-ended'],
    });
    late.settle('succeeded');
    const after = recorder.beginCall({ tool: 'after', args: {} });
    await after.add(after.nextProgram(), aProgram());
    after.settle('succeeded');
    const { manifest, calls } = await readScenario(dir);
    expect(manifest).toMatchObject({ calls: 1, unfinished: ['0001-late', '0002-ended'] });
    expect(calls.map(({ name }) => name)).toEqual(['0003-after']);
    expect(readdirSync(dir).sort()).toEqual(['.gitattributes', '.gitignore', 'calls', 'scenario.yaml']);
    expect(readdirSync(`${dir}/calls`)).toEqual(['0003-after']);
  });

  it('of a killed server is whole up to the last call that settled', async () => {
    const dir = `${tempFolder()}/scenario`;
    const recorder = await aRecorder(dir);
    await recordCall(recorder);
    const open = recorder.beginCall({ tool: 'open', args: {} });
    await open.add(open.nextProgram(), aProgram());
    const { manifest, calls } = await readScenario(dir);
    expect(manifest.state).toBe('recording');
    expect(calls.map(({ name }) => name)).toEqual(['0001-run_cmd']);
    expect(readdirSync(`${dir}/calls`)).toEqual(['.0002-open.pending', '0001-run_cmd']);
    recorder.finish();
  });

  it('waits for a program that ends after its call has settled', async () => {
    const dir = `${tempFolder()}/scenario`;
    const recorder = await aRecorder(dir);
    const call = recorder.beginCall({ tool: 'run_cmd', args: {} });
    const number = call.nextProgram();
    call.settle('succeeded');
    expect(readdirSync(`${dir}/calls`)).toEqual(['.0001-run_cmd.pending']);
    await call.add(number, aProgram());
    expect(readdirSync(`${dir}/calls`)).toEqual(['0001-run_cmd']);
    recorder.finish();
  });

  it('is quiet when no call is open, or nobody waits for longer', async () => {
    const recorder = await aRecorder(`${tempFolder()}/scenario`);
    await recorder.whenQuiet(never);
    const call = recorder.beginCall({ tool: 'run_cmd', args: {} });
    const order: string[] = [];
    const quiet = recorder.whenQuiet(never).then(() => order.push('quiet'));
    const limit = new AbortController();
    const impatient = recorder.whenQuiet(limit.signal).then(() => order.push('aborted'));
    limit.abort();
    await impatient;
    call.settle('succeeded');
    await quiet;
    expect(order).toEqual(['aborted', 'quiet']);
    recorder.finish();
  });
});

describe('Secrets', () => {
  it('are in no file of a scenario', async () => {
    const dir = `${tempFolder()}/scenario`;
    const recorder = await aRecorder(dir, `with ${secret}`);
    const binary = Buffer.concat([Buffer.from([0xff, 0]), Buffer.from(secret)]);
    await recordCall(
      recorder,
      {
        args: ['--password', 'hunter2-x', `TOKEN=hunter2-x`, secret, 'x --api-key hunter2-x'],
        env: { API_KEY: 'hunter2-x', PLAIN: secret },
        cwd: `${project}/${secret}`,
        stdout: captured(`token: hunter2-x\n${secret}\n`),
        stderr: captured(binary),
        stdin: captured(secret),
        files: [aFile('a', captured(secret)), aFile(secret), aFile('b', { whyNot: secret })],
        filesLeftOut: [secret],
      },
      { args: { cmd: 'deploy --password hunter2-x', password: 'hunter2-x', note: secret } },
    );
    recorder.finish();
    const found = namesIn(dir).filter(
      (name) =>
        name.includes(secret) ||
        (statSync(`${dir}/${name}`).isFile() && /hunter2-x|known-secret-value/.test(read(`${dir}/${name}`))),
    );
    expect(found).toEqual([]);
    expect(await stepIn(dir)).toMatchObject({
      stderr: { bytes: binary.length, why_not: 'It is not text, and holds a secret.' },
      files_left_out: ['[redacted]', '<<project>>/[redacted] is not kept: its path holds a secret.'],
    });
  });

  it.each([
    ['in', Buffer.from(`x ${secret}`, 'utf16le')],
    ['after a byte of', Buffer.from(`\0${secret}`, 'utf16le').subarray(1)],
  ])('also %s UTF-16', async (_, stdout) => {
    const dir = `${tempFolder()}/scenario`;
    await recordScenario(dir, { stdout: captured(stdout) });
    expect(await stepIn(dir)).toMatchObject({ stdout: { why_not: 'It holds a secret as UTF-16.' } });
  });

  it('also where a program prints a value that only the name before it in its arguments marks', async () => {
    const dir = `${tempFolder()}/scenario`;
    const recorder = await aRecorder(dir);
    const values = ['of-option-1', 'of-variable-2', 'of-command-3', 'of-key-4', 'of-environment-5'];
    const [option, variable, command, key, environment] = values;
    const printed = `${values.join('\n')}\nelsewhere $TOKEN_1\n`;
    await recordCall(
      recorder,
      {
        args: ['--token', option ?? '', `API_KEY=${variable}`, '--password', 'elsewhere', '--secret', '$TOKEN_1'],
        env: { DB_PASSWORD: environment ?? '' },
        stdin: captured(printed),
        stdout: captured(printed),
        stderr: captured(printed),
        files: [aFile('a', captured(printed))],
      },
      { args: { cmd: `deploy --password "${command}" now`, nested: [{ password: key }] } },
    );
    recorder.finish();
    const call = `${dir}/calls/0001-run_cmd`;
    for (const file of ['1.stdin', '1.stdout', '1.stderr', '1.files/project/a'])
      expect(read(`${call}/${file}`)).toBe(`${'[redacted]\n'.repeat(5)}elsewhere $TOKEN_1\n`);
    for (const name of namesIn(dir).filter((each) => statSync(`${dir}/${each}`).isFile()))
      for (const value of values) expect(read(`${dir}/${name}`)).not.toContain(value);
  });

  it('that a bound would cut in half are left out, with a line that says so', async () => {
    const dir = `${tempFolder()}/scenario`;
    const stdout = captured(`first\n${secret.slice(0, 10)}`, `${secret.slice(10)}\nlast\n`, 1000);
    const stderr = captured(`{"a":"${secret.slice(0, 10)}`, `${secret.slice(10)}","b":"x"}`, 500);
    const stdin = captured('x\nMII\n', 'YWJj\n-----END RSA PRIVATE KEY-----\ny\n', 10);
    await recordScenario(dir, { stdout, stderr, stdin });
    const kept = (name: string) => read(`${dir}/calls/0001-run_cmd/1.${name}`);
    expect(kept('stdout')).toBe('first\n[… 1019 bytes left out …]\nlast\n');
    expect(kept('stderr')).toBe('{"a":"\n[… 519 bytes left out …]\n,"b":"x"}');
    expect(kept('stdin')).not.toContain('YWJj');
    expect(await stepIn(dir)).toMatchObject({ stdout: { bytes: 1030, left_out: 1019 } });
  });
});

describe('Contents', () => {
  it('that are not text are kept byte by byte', async () => {
    const dir = `${tempFolder()}/scenario`;
    const bytes = Buffer.from([0xff, 0xfe, 0, 10, 200]);
    await recordScenario(dir, { stdout: captured(bytes) });
    expect(readFileSync(`${dir}/calls/0001-run_cmd/1.stdout`)).toEqual(bytes);
    expect(await stepIn(dir)).toMatchObject({ stdout: { binary: true, bytes: 5 } });
  });

  it('that are not text and too large are not kept, since half of them is of no use', async () => {
    const dir = `${tempFolder()}/scenario`;
    await recordScenario(dir, { stdout: captured(Buffer.from([0xff, 10]), 'x', 10) });
    expect(await stepIn(dir)).toMatchObject({ stdout: { bytes: 13, why_not: expect.stringContaining('not text') } });
  });

  it('of files have safe names, each another one', async () => {
    const dir = `${tempFolder()}/scenario`;
    const paths = ['.git/config', '.gitignore', 'a b', 'a-b', 'A-B', 'a?b/c', 'x/y', `long/${'n'.repeat(300)}`, 'ü'];
    await recordScenario(dir, { files: paths.map((path) => aFile(path, captured(path))) });
    const step = await stepIn(dir);
    expect(step?.files).toHaveLength(paths.length);
    const names = step?.files.map(({ file }) => file ?? '') ?? [];
    expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(paths.length);
    for (const name of names) expect(name).toMatch(/^1\.files(?:\/(?!\.)[\w.@+-]{1,90})+$/);
    for (const { path, file } of step?.files ?? [])
      expect(`<<project>>/${read(`${dir}/calls/0001-run_cmd/${file}`)}`).toBe(path);
  });

  it('of files outside of the places are left out, which is said', async () => {
    const dir = `${tempFolder()}/scenario`;
    const outside = { ...aFile(''), path: '/etc/passwd' };
    const above = { ...aFile(''), path: `${project}/../x` };
    const gone = aFile('gone', 'removed');
    await recordScenario(dir, { files: [outside, above, gone] });
    expect(await stepIn(dir)).toMatchObject({
      files: [{ path: '<<project>>/gone', removed: true, bytes: 0 }],
      files_left_out: [
        '/etc/passwd is not kept: it is not below a place that a replay writes to.',
        '<<project>>/../x is not kept: it is not below a place that a replay writes to.',
      ],
    });
  });

  it('of an agent’s logs have the place log', async () => {
    const dir = `${tempFolder()}/scenario`;
    await recordScenario(dir, {
      logDir: '/elsewhere/logs',
      files: [{ ...aFile(''), path: '/elsewhere/logs/a.jsonl' }],
    });
    expect(await stepIn(dir)).toMatchObject({ files: [{ path: '<<log>>/a.jsonl', file: '1.files/log/a.jsonl' }] });
  });

  it('with very many rows of output can still be read', async () => {
    const dir = `${tempFolder()}/scenario`;
    const lines = 20_100;
    const arrivals = Array.from({ length: lines }, (_, at) => ({
      atMs: at,
      stream: 'stdout' as const,
      bytes: 2 * at + 2,
    }));
    await recordScenario(dir, { stdout: captured('x\n'.repeat(lines)), arrivals });
    const output = (await stepIn(dir))?.output ?? [];
    expect(output.reduce((sum, row) => sum + row[2], 0)).toBe(lines);
  });
});

describe('The folder', () => {
  it('is refused while another server records into it, which is named', async () => {
    const dir = `${tempFolder()}/scenario`;
    const recorder = await aRecorder(dir);
    await recordCall(recorder);
    const second = aRecorder(dir);
    await expect(second).rejects.toMatchObject({ code: 'conflict', details: { pid: process.pid, path: dir } });
    await expect(second).rejects.toThrow(`The process ${process.pid} records a scenario into ${dir}`);
    recorder.finish();
    recorder.finish();
    expect(readdirSync(dir).sort()).toEqual(['.gitattributes', '.gitignore', 'calls', 'scenario.yaml']);
  });

  it('of a dead server without calls is taken over, and cleaned', async () => {
    const dir = `${tempFolder()}/scenario`;
    mkdirSync(`${dir}/.recording.lock`, { recursive: true });
    mkdirSync(`${dir}/..recording.lock.tmp-abcdef`);
    mkdirSync(`${dir}/calls/.0001-run_cmd.pending`, { recursive: true });
    const killed = execFileSync(process.execPath, ['-p', 'process.pid'], { encoding: 'utf8' }).trim();
    const { startTicks, bootId, pidNamespace } = readProcessIdentity(process.pid);
    writeFileSync(`${dir}/.recording.lock/${[killed, startTicks, bootId, pidNamespace].join('_')}.abcdef`, '');
    writeFileSync(
      `${dir}/scenario.yaml`,
      'version: 1\nrecorded_by: "1"\nstate: recording\ncalls: 0\nunfinished: []\nproblems: []\n',
    );
    const recorder = await aRecorder(dir);
    await recordCall(recorder);
    recorder.finish();
    expect(namesIn(dir).filter((name) => name.includes('lock') || name.includes('pending'))).toEqual([]);
    expect((await readScenario(dir)).calls).toHaveLength(1);
  });

  it('in which a recorder was ended before it wrote scenario.yaml is taken, but not a link to another one', async () => {
    const dir = tempFolder();
    symlinkSync(tempFolder(), `${dir}/calls`);
    await expect(aRecorder(dir)).rejects.toMatchObject({ code: 'invalid_input' });
    unlinkSync(`${dir}/calls`);
    mkdirSync(`${dir}/calls`);
    await recordScenario(dir);
    expect((await readScenario(dir)).calls).toHaveLength(1);
  });

  it('with a scenario that has calls is refused and unchanged', async () => {
    const dir = `${tempFolder()}/scenario`;
    await recordScenario(dir);
    const before = namesIn(dir);
    await expect(aRecorder(dir)).rejects.toMatchObject({ code: 'conflict' });
    await expect(aRecorder(dir)).rejects.toThrow('1 call, which is not written over: choose another folder');
    expect(namesIn(dir)).toEqual(before);
  });

  it.each([
    ['of something else', 'index.js', 'x', 'is not empty and holds no scenario'],
    ['with a scenario.yaml of something else', 'scenario.yaml', 'scenes: []', 'is not a scenario of this maitred'],
  ])('%s is refused and unchanged', async (_what, name, text, message) => {
    const dir = tempFolder();
    writeFileSync(`${dir}/${name}`, text);
    await expect(aRecorder(dir)).rejects.toMatchObject({ code: 'invalid_input' });
    await expect(aRecorder(dir)).rejects.toThrow(message);
    expect(readdirSync(dir)).toEqual([name]);
    expect(read(`${dir}/${name}`)).toBe(text);
  });

  it('that is a file is refused', async () => {
    const file = `${tempFolder()}/file`;
    writeFileSync(file, '');
    await expect(aRecorder(file)).rejects.toThrow(`${file} is not a folder`);
  });
});

describe('What cannot be written', () => {
  it('makes the scenario incomplete, and says so once in the log', async () => {
    const dir = `${tempFolder()}/scenario`;
    const recorder = await aRecorder(dir);
    logged.length = 0;
    rmSync(`${dir}/calls`, { recursive: true });
    writeFileSync(`${dir}/calls`, '');
    await recordCall(recorder);
    await recordCall(recorder);
    rmSync(`${dir}/calls`);
    mkdirSync(`${dir}/calls`);
    await recordCall(recorder);
    recorder.finish();
    const { manifest, calls } = await readScenario(dir);
    expect(calls.map(({ name }) => name)).toEqual(['0003-run_cmd']);
    expect(manifest).toMatchObject({ state: 'incomplete', calls: 1, unfinished: [] });
    expect(manifest.problems).toEqual([
      '0001-run_cmd: calls/0001-run_cmd cannot be written (ENOTDIR): a file is where a folder must be, move that away.',
      '0002-run_cmd: calls/0002-run_cmd cannot be written (ENOTDIR): a file is where a folder must be, move that away.',
    ]);
    expect(logged.map(({ level, event }) => [level, event])).toEqual([['WARNING', 'scenario_incomplete']]);
  });

  it.runIf(canMount())('because the disk is full lacks only its call', () => {
    const mount = 'mount -t tmpfs -o size=256k none "$0" && exec "$@"';
    const wrapper = [...inOwnMounts, 'sh', '-c', mount, tempFolder()];
    const { result } = doInProcess('recordUntilFull', [wrapper.at(-1) ?? ''], { wrapper });
    expect(result?.calls).toEqual(['0001-run_cmd', '0003-run_cmd']);
    expect(result?.manifest).toMatchObject({
      state: 'incomplete',
      calls: 2,
      problems: ['0002-run_cmd: calls/0002-run_cmd cannot be written (ENOSPC): make room on the disk.'],
    });
  });

  it.runIf(canMount())('because the disk is full and stays full does not look complete', () => {
    const mount = 'mount -t tmpfs -o size=256k none "$0" && exec "$@"';
    const wrapper = [...inOwnMounts, 'sh', '-c', mount, tempFolder()];
    const { result } = doInProcess('recordOnFullDisk', [wrapper.at(-1) ?? ''], { wrapper });
    expect(result?.calls).toEqual(['0001-run_cmd']);
    expect(result?.manifest).toMatchObject({
      state: 'incomplete',
      calls: 1,
      problems: ['0002-run_cmd: calls/0002-run_cmd cannot be written (ENOSPC): make room on the disk.'],
    });
  });

  it('at the end is said in the log', async () => {
    const dir = `${tempFolder()}/scenario`;
    const recorder = await aRecorder(dir);
    logged.length = 0;
    rmSync(dir, { recursive: true });
    writeFileSync(dir, '');
    recorder.finish();
    expect(logged.map(({ event }) => event)).toEqual(['scenario_not_finished']);
  });
});
