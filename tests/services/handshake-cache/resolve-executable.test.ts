import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { resolveExecutable } from '../../../src/services/handshake-cache/resolve-executable.ts';
import { tempFolder } from '../../doubles/temp-folder.ts';

/** A folder with `bin/here`, `bin/plain`, which is not executable, `bin/link`, and the folder `bin/folder`. */
function aFolder(): string {
  const cwd = tempFolder();
  mkdirSync(join(cwd, 'bin/folder'), { recursive: true });
  writeFileSync(join(cwd, 'bin/here'), '#!/bin/sh\necho ran\n', { mode: 0o700 });
  writeFileSync(join(cwd, 'bin/plain'), '', { mode: 0o600 });
  symlinkSync('here', join(cwd, 'bin/link'));
  symlinkSync('gone', join(cwd, 'bin/dangling'));
  return cwd;
}

describe('A program is found', () => {
  it.each<[string, string, string | undefined, string]>([
    ['by its path', './bin/here', '/none', 'bin/here'],
    ['by its name in PATH', 'here', '/none:CWD/bin', 'bin/here'],
    ['by its name in a relative folder of PATH', 'here', 'bin', 'bin/here'],
    ['in the working folder where an entry of PATH is empty', 'here', '/none:', 'here'],
    ['as a link', 'link', 'bin', 'bin/link'],
    ['behind a file of that name that is not executable', 'here', 'plain-bin:bin', 'bin/here'],
    ['in /bin where PATH is not set', 'sh', undefined, '/bin/sh'],
  ])('%s, as the system runs it', (_title, file, path, expected) => {
    const cwd = aFolder();
    mkdirSync(join(cwd, 'plain-bin'));
    writeFileSync(join(cwd, 'plain-bin/here'), '', { mode: 0o600 });
    writeFileSync(join(cwd, 'here'), '#!/bin/sh\necho ran\n', { mode: 0o700 });
    const env: Record<string, string> = path === undefined ? {} : { PATH: path.replace('CWD', cwd) };
    expect(resolveExecutable({ file, cwd, env })).toEqual({
      path: expected.startsWith('/') ? expected : join(cwd, expected),
    });
    const args = file === 'sh' ? ['-c', 'echo ran'] : [];
    expect(execFileSync(file, args, { cwd, env, encoding: 'utf8' })).toBe('ran\n');
  });
});

describe('A program is refused with the fix', () => {
  it.each<[string, string, string, string]>([
    [
      'where it is not in PATH',
      'absent',
      'not_found',
      'absent does not exist: install it, or put its folder into PATH.',
    ],
    ['where its path leads nowhere', './bin/absent', 'not_found', './bin/absent does not exist: check the path.'],
    ['where it is a link to nothing', './bin/dangling', 'not_found', './bin/dangling does not exist: check the path.'],
    [
      'where it is a folder',
      './bin/folder',
      'invalid_input',
      'CWD/bin/folder is a folder: give the path of the program',
    ],
    ['where it is not executable', './bin/plain', 'process_failed', 'run `chmod +x CWD/bin/plain`'],
    ['where the file in PATH is not executable', 'plain', 'process_failed', 'run `chmod +x CWD/bin/plain`'],
    ['where its name is empty', '', 'invalid_input', 'is empty or holds a NUL character'],
    ['where its name has a NUL character', 'a\0b', 'invalid_input', 'is empty or holds a NUL character'],
  ])('%s', (_title, file, code, message) => {
    const cwd = aFolder();
    expect(resolveExecutable({ file, cwd, env: { PATH: 'bin' } })).toMatchObject({
      fault: { code, message: expect.stringContaining(message.replace('CWD', cwd)) },
    });
  });

  it('where the folder to run it in does not exist', () => {
    expect(resolveExecutable({ file: 'sh', cwd: '/none/here', env: { PATH: '/bin' } })).toMatchObject({
      fault: { code: 'not_found', message: expect.stringContaining('/none/here, the folder to run sh in') },
    });
  });

  it('where a file of its name is in the way, and made executable it is found', () => {
    const cwd = aFolder();
    const program = { file: 'plain', cwd, env: { PATH: `bin:${cwd}` } };
    expect(resolveExecutable(program)).toHaveProperty('fault');
    chmodSync(join(cwd, 'bin/plain'), 0o700);
    expect(resolveExecutable(program)).toEqual({ path: join(cwd, 'bin/plain') });
  });
});
