import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openLogFile } from '../../../src/services/logging/log-file.ts';
import { rotateLog } from '../../../src/services/logging/rotate-log.ts';
import { tempFolder } from '../../doubles/temp-folder.ts';

const program = fileURLToPath(new URL('./append-lines.ts', import.meta.url));

function aLogFile(options: { maxBytes: number; keep?: number }, path = `${tempFolder()}/server.log`) {
  const file = openLogFile({ path, keep: 3, ...options });
  onTestFinished(() => file.close());
  return { file, path, read: (suffix = '') => readFileSync(`${path}${suffix}`, 'utf8') };
}

describe('A log file that has grown to its limit', () => {
  it('is rotated, and three old ones are kept', () => {
    const { file, path, read } = aLogFile({ maxBytes: 10 });
    for (let number = 1; number <= 6; number += 1) file.append(`line ${number}\n`);
    expect(['', '.1', '.2', '.3'].map(read)).toEqual(['line 6\n', 'line 5\n', 'line 4\n', 'line 3\n']);
    expect(readdirSync(path.replace('/server.log', '')).sort()).toHaveLength(4);
  });

  it('holds as many lines as fit, counting those of an earlier server', () => {
    const { file, path, read } = aLogFile({ maxBytes: 20 });
    file.append('123456789\n');
    const later = aLogFile({ maxBytes: 20 }, path);
    later.file.append('abcdefghi\n');
    later.file.append('x\n');
    expect(read('.1')).toBe('123456789\nabcdefghi\n');
    expect(read()).toBe('x\n');
  });

  it('is not rotated for a line that is too long by itself', () => {
    const { file, path, read } = aLogFile({ maxBytes: 5 });
    file.append('a long line\n');
    expect(read()).toBe('a long line\n');
    expect(readdirSync(path.replace('/server.log', ''))).toEqual(['server.log']);
  });

  it('is started again where no old file is kept', () => {
    const { file, path, read } = aLogFile({ maxBytes: 10, keep: 0 });
    file.append('line 1\n');
    file.append('line 2\n');
    expect(read()).toBe('line 2\n');
    expect(readdirSync(path.replace('/server.log', ''))).toEqual(['server.log']);
  });

  it('grows while another server rotates it, and is rotated when that server has died', () => {
    const { file, path, read } = aLogFile({ maxBytes: 10 });
    file.append('line 1\n');
    writeFileSync(`${path}.lock`, '');
    file.append('line 2\n');
    expect(read()).toBe('line 1\nline 2\n');

    utimesSync(`${path}.lock`, 0, 0);
    file.append('line 3\n');
    file.append('line 4\n');
    expect(read('.1')).toBe('line 1\nline 2\nline 3\n');
    expect(read()).toBe('line 4\n');
  });
});

describe('A log file that several servers share', () => {
  it('is reopened after another server rotated it', () => {
    const { file, path, read } = aLogFile({ maxBytes: 1_000 });
    file.append('old\n');
    renameSync(path, `${path}.1`);
    file.append('new\n');
    expect(read('.1')).toBe('old\n');
    expect(read()).toBe('new\n');
  });

  it('is made again after it was removed with its folder', () => {
    const path = `${tempFolder()}/logs/server.log`;
    const { file, read } = aLogFile({ maxBytes: 1_000 }, path);
    file.append('old\n');
    rmSync(path.replace('/server.log', ''), { recursive: true });
    file.append('new\n');
    expect(read()).toBe('new\n');
  });

  it('is not rotated again by a server that saw it full before another one rotated it', () => {
    const { file, path, read } = aLogFile({ maxBytes: 10 });
    const other = aLogFile({ maxBytes: 10 }, path);
    file.append('line 1\n');
    other.file.append('line 2\n');
    file.append('3\n');
    expect([read('.1'), read()]).toEqual(['line 1\n', 'line 2\n3\n']);
  });

  it('is not rotated in place of an earlier file', () => {
    const { file, path, read } = aLogFile({ maxBytes: 1_000 });
    file.append('current\n');
    rotateLog({ path, keep: 3, inode: statSync(path).ino + 1 });
    expect(read()).toBe('current\n');
    expect(readdirSync(path.replace('/server.log', ''))).toEqual(['server.log']);
  });

  it('loses no line and tears none while four of them write and rotate at once', { timeout: 60_000 }, async () => {
    const dir = `${tempFolder()}/logs`;
    mkdirSync(dir);
    const names = ['a', 'b', 'c', 'd'];
    const servers = names.map((name) => {
      const args = ['--import', 'tsx', program, `${dir}/server.log`, '4000', name, '1000'];
      const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
      onTestFinished(() => {
        child.kill('SIGKILL');
      });
      return child;
    });
    await Promise.all(servers.map((child) => once(child.stdout, 'data')));
    const exits = servers.map((child) => once(child, 'exit'));
    for (const child of servers) child.stdin.end('go');
    expect(await Promise.all(exits)).toEqual(names.map(() => [0, null]));

    const files = readdirSync(dir);
    const lines = files.flatMap((file) => readFileSync(`${dir}/${file}`, 'utf8').trimEnd().split('\n'));
    const expected = names.flatMap((name) =>
      Array.from({ length: 1_000 }, (_, number) => `${name}-${number} ${'.'.repeat(80)}`),
    );
    expect(lines.sort()).toEqual(expected.sort());
    expect(files.length).toBeGreaterThan(20);
  });
});
