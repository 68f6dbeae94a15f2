import { describe, expect, it } from 'vitest';
import { writePathWarnings } from '../../../src/domain/agent-session/path-guards.ts';

const folders = { cwd: '/work/project', worktree: null };
const ofWrites = (...writtenPaths: string[]) => writePathWarnings({ writtenPaths, commands: [] }, folders);
const ofCommand = (command: string) => writePathWarnings({ writtenPaths: [], commands: [command] }, folders);
const named = (path: string) => `A shell command names ${path}, outside /work/project.`;

describe('A warning of paths', () => {
  it.each(['/work/other/a', '/tmp/a', '/work/project-2/a', '/work/project/../a', '../a', '/'])(
    'names the written file %s',
    (path) => {
      expect(ofWrites(path)).toEqual([`${path} was written, outside /work/project.`]);
    },
  );

  it('does not name files that were written in the working directory', () => {
    expect(ofWrites('/work/project/a', '/work/project', 'a/b', '/work/project/a/../b')).toEqual([]);
    expect(writePathWarnings({ writtenPaths: ['/a', '/b/c'], commands: [] }, { cwd: '/', worktree: null })).toEqual([]);
    expect(
      writePathWarnings({ writtenPaths: ['/private/tmp/w/a'], commands: [] }, { cwd: '/tmp/w', worktree: null }),
    ).toEqual([]);
  });

  it('does not name files in the worktree of the session', () => {
    const written = { writtenPaths: ['/work/w/a', '/work/b'], commands: ['cat /work/w/c'] };
    expect(writePathWarnings(written, { cwd: '/work/project', worktree: '/work/w' })).toEqual([
      '/work/b was written, outside /work/project.',
    ]);
    expect(writePathWarnings(written, { cwd: '/work/project', worktree: '/work' })).toHaveLength(3);
  });

  it.each([
    ['echo x > /tmp/out.txt', '/tmp/out.txt'],
    ['echo x >/tmp/out.txt', '/tmp/out.txt'],
    ['cat "/etc/hosts"', '/etc/hosts'],
    ["cat '/etc/hosts'", '/etc/hosts'],
    ['tool --config=/etc/tool.yaml', '/etc/tool.yaml'],
    ['HOME=/tmp/home npm test', '/tmp/home'],
    ['(cd /work/other && ls)', '/work/other'],
    ['ls;/opt/tool/run', '/opt/tool/run'],
    ['/opt/tool/run --fast', '/opt/tool/run'],
    ['rm -r /work/project/../other', '/work/project/../other'],
    ['cat <<EOF\n/etc/hosts\nEOF', '/etc/hosts'],
  ])('names the path in the command %s', (command, path) => {
    expect(ofCommand(command)).toEqual([named(path)]);
  });

  it.each([
    'npm test > /dev/null 2>&1',
    'echo x >/dev/stderr',
    'curl https://example.org/a/long/path',
    'curl "http://127.0.0.1:8080/a/long/path"',
    'git clone file:///srv/repository',
    'cat /work/project/src/a.ts',
    'cd /work/project && ls',
    'ls src/domain/agent-session',
    'cd / && ls /a/b',
    'echo a/b/c/d //comment',
  ])('does not name a path in the command %s', (command) => {
    expect(ofCommand(command)).toEqual([]);
  });

  it('is given once for a path, and for 50 paths in full', () => {
    const commands = ['cat /etc/hosts', 'cat /etc/hosts'];
    expect(writePathWarnings({ writtenPaths: [], commands }, folders)).toEqual([named('/etc/hosts')]);
    const writtenPaths = Array.from({ length: 1_000 }, (_, index) => `/tmp/${index}`);
    const warnings = writePathWarnings({ writtenPaths, commands }, folders);
    expect(warnings).toHaveLength(51);
    expect(warnings.at(-1)).toBe('951 more paths outside /work/project.');
  });
});
