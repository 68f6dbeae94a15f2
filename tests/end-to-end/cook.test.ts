import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { aWorld } from '../support/spawned-server.ts';
import { runOnTerminal, type Terminal } from '../support/terminal.ts';

/** Runs `maitred cook` on a terminal, with this script of Node as Claude Code. @param after what a shell runs then */
function cookWith(
  claude: string,
  { after, more = {} }: { readonly after?: string; readonly more?: Readonly<Record<string, string>> } = {},
): Terminal {
  const { projectDir, homeDir, env } = aWorld();
  const bin = join(homeDir, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'claude'), `#!${process.execPath}\n${claude}\n`, { mode: 0o755 });
  const cook = [process.execPath, join(inject('programDir'), 'maitred.js'), 'cook'];
  // A shell that stays would end with the Ctrl-C that it gets, too.
  return runOnTerminal(after === undefined ? ['exec', ...cook] : ['sh', '-c', `"$0" "$@"; ${after}`, ...cook], {
    cwd: projectDir,
    env: { ...env, PATH: `${bin}${delimiter}${env.PATH}`, ...more },
  });
}

/** Says when it is there, and which process has started it. */
const waits = `setInterval(() => undefined, 1000); console.log('parent ' + process.ppid + ' is here');`;

describe.skipIf(spawnSync('script', ['--version']).status !== 0)('maitred cook on a terminal', () => {
  it('gives the terminal to Claude Code, in the folder of the project, and ends with its exit code', async () => {
    const terminal = cookWith(`
      const streams = [process.stdin, process.stdout, process.stderr];
      console.log(streams.map(({ isTTY }) => isTTY) + ' in ' + process.cwd());
      process.stdin.once('data', (typed) => { console.log('got', String(typed).trim()); process.exit(7); });`);
    await terminal.waitFor('/project');
    expect(terminal.shown).toContain('true,true,true in ');
    terminal.type('soup\r');
    await terminal.waitFor('got soup');
    expect(await terminal.exited()).toBe(7);
  });

  it('leaves Ctrl-C to Claude Code', async () => {
    const terminal = cookWith(`
      let presses = 0;
      process.on('SIGINT', () => { console.log('press ' + ++presses); if (presses === 2) process.exit(4); });
      ${waits}`);
    await terminal.waitFor('is here');
    terminal.type('\u0003');
    await terminal.waitFor('press 1');
    terminal.type('\u0003');
    expect(await terminal.exited()).toBe(4);
  });

  it('passes a request to end on to Claude Code, and kills it at the second', async () => {
    const terminal = cookWith(`process.on('SIGTERM', () => console.log('not yet')); ${waits}`);
    await terminal.waitFor('is here');
    const cook = Number(/parent (\d+) is here/.exec(terminal.shown)?.[1]);
    process.kill(cook, 'SIGTERM');
    await terminal.waitFor('not yet');
    process.kill(cook, 'SIGTERM');
    expect(await terminal.exited()).toBe(137);
  });

  it('restores the terminal after a Claude Code that was killed', async () => {
    const terminal = cookWith(
      `process.stdin.setRawMode(true); process.stdout.write('\\x1b[?25l', () => process.kill(process.pid, 'SIGKILL'));`,
      { after: 'echo "code $?"; stty -a; echo the end' },
    );
    await terminal.waitFor('the end');
    expect(terminal.shown).toContain('code 137');
    expect(terminal.shown).toMatch(/\sisig icanon\s.*\secho\s/s);
    // Shows the cursor.
    expect(terminal.shown).toContain('\u001b[?25h');
  });

  it('says which program cannot be started', async () => {
    const terminal = cookWith('', { more: { MAITRED_RUN_SKILL__CLAUDE_PATH: '/nowhere/claude' } });
    await terminal.waitFor('maitred: /nowhere/claude does not exist: check the path.');
    expect(await terminal.exited()).toBe(3);
  });
});
