import { mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { CliHost } from '../../../src/cli/cli-host.ts';
import { orchestratorPrompt } from '../../../src/cli/cook/orchestrator-prompt.ts';
import { tempFolder } from '../../doubles/temp-folder.ts';
import { runProgram } from '../run-program.ts';

type Started = Parameters<CliHost['runOnTerminal']>[0];

/** A project, and a person at a terminal with Claude Code in PATH. */
function aPerson() {
  const dir = realpathSync(tempFolder());
  for (const name of ['shop/.git', 'shop/src', 'bakery', 'bin']) mkdirSync(join(dir, name), { recursive: true });
  writeFileSync(join(dir, 'bin/claude'), '', { mode: 0o755 });
  const started: Started[] = [];
  const cook = async (args: readonly string[], host: Partial<CliHost> = {}, isTTY = true, exitCode = 0) => {
    const run = await runProgram(
      ['cook', ...args],
      {
        cwd: () => join(dir, 'shop/src'),
        env: { PATH: join(dir, 'bin') },
        stdin: Object.assign(new PassThrough(), { isTTY }),
        homeDir: join(dir, 'home'),
        programDir: '/opt/maitred',
        nodeFile: '/opt/node',
        runOnTerminal: async (program) => {
          started.push(program);
          return exitCode;
        },
        ...host,
      },
      isTTY,
    );
    return { ...run, started };
  };
  return { dir, cook };
}

const optionIn = (args: readonly string[], option: string) =>
  args.find((arg) => arg.startsWith(`${option}=`))?.slice(option.length + 1);

describe('maitred cook', () => {
  it("starts Claude Code in the project's folder, with the prompt and without permissions", async () => {
    const { dir, cook } = aPerson();
    const { started, ...run } = await cook([]);
    expect(run).toEqual({ out: '', err: '', exits: [0] });
    expect(started).toEqual([
      {
        file: 'claude',
        cwd: join(dir, 'shop'),
        args: [expect.stringMatching(/^--mcp-config=/), '--append-system-prompt', orchestratorPrompt],
      },
    ]);
  });

  it('gives it this very program as server, with the kitchen open', async () => {
    const { dir, cook } = aPerson();
    const { started } = await cook([]);
    expect(JSON.parse(optionIn(started[0]?.args ?? [], '--mcp-config') ?? '')).toEqual({
      mcpServers: {
        maitred: {
          type: 'stdio',
          command: '/opt/node',
          args: ['/opt/maitred/maitred.js', 'serve', '--open-kitchen', '--project', join(dir, 'shop')],
          env: { MAITRED_COOK: '1' },
        },
      },
    });
  });

  it('passes on model, session, project, and what is for claude itself', async () => {
    const { dir, cook } = aPerson();
    const args = ['--model', 'opus', '--project', join(dir, 'bakery'), '--resume', '7d1f'];
    const { started } = await cook([...args, '--', '--permission-mode', 'plan', 'run the demo']);
    expect(started[0]?.cwd).toBe(join(dir, 'bakery'));
    expect(optionIn(started[0]?.args ?? [], '--model')).toBe('opus');
    expect(optionIn(started[0]?.args ?? [], '--resume')).toBe('7d1f');
    expect(started[0]?.args.slice(-3)).toEqual(['--permission-mode', 'plan', 'run the demo']);
  });

  it('lets claude ask which session to go on with, and takes no message for its name', async () => {
    const { cook } = aPerson();
    const { started } = await cook(['--resume', '--', 'go on']);
    const args = started[0]?.args ?? [];
    expect(args.slice(args.indexOf('--resume')).slice(0, 2)).toEqual([
      '--resume',
      expect.stringMatching(/^--mcp-config=/),
    ]);
    expect(args.at(-1)).toBe('go on');
  });

  it('ends with the exit code of claude, and adds nothing to what it has said', async () => {
    const { cook } = aPerson();
    expect(await cook([], {}, true, 137)).toMatchObject({ out: '', err: '', exits: [137] });
  });

  it('starts the program of run_skill.claude_path, where it is set', async () => {
    const { dir, cook } = aPerson();
    const env = { PATH: '', MAITRED_RUN_SKILL__CLAUDE_PATH: '~/claude' };
    expect((await cook([], { env })).started[0]?.file).toBe(join(dir, 'home/claude'));
  });

  it('prints the prompt, also without a terminal, without Claude Code and in a session', async () => {
    const { cook } = aPerson();
    const { started, ...run } = await cook(['--print-prompt'], { env: { CLAUDECODE: '1' } }, false);
    expect(run).toEqual({ out: orchestratorPrompt, err: '', exits: [0] });
    expect(started).toEqual([]);
  });

  it.each<[string, Readonly<Record<string, string>>, Partial<CliHost>, RegExp]>([
    ['in a session of Claude Code', { CLAUDECODE: '1' }, {}, /inside a session of Claude Code .*your own terminal\n$/],
    ['in a headless session', { MAITRED_HEADLESS: '1' }, {}, /inside a headless session .*your own terminal\n$/],
    ['below a server', { MAITRED_OWNER: 's.1' }, {}, /a server started this command: .*your own terminal\n$/],
    ['below a server that hides', {}, { isStartedByServer: () => true }, /a server started this command/],
    ['with a redirected input', {}, { stdin: new PassThrough() }, /run it on a terminal, with nothing redirected\n$/],
    ['with redirected output', {}, { stdout: { write: () => true } }, /needs a terminal on stdout, too/],
  ])('refuses %s, and says why and what to do', async (_, more, host, why) => {
    const { dir, cook } = aPerson();
    const { started, err, exits } = await cook([], { env: { PATH: join(dir, 'bin'), ...more }, ...host });
    expect({ err, exits }).toEqual({ err: expect.stringMatching(why), exits: [77] });
    expect(started).toEqual([]);
  });

  it('says how to install Claude Code where PATH does not have it', async () => {
    const { cook } = aPerson();
    const { started, err, exits } = await cook([], { env: { PATH: '/nowhere' } });
    expect(err).toBe(
      'maitred: Claude Code is not installed: there is no program claude in PATH. Run npm install -g @anthropic-ai/claude-code, start claude once and log in.\n',
    );
    expect(exits).toEqual([3]);
    expect(started).toEqual([]);
  });

  it('refuses an option of claude that is not behind --, and says where to look', async () => {
    const { cook } = aPerson();
    const { started, err, exits } = await cook(['--permission-mode', 'plan']);
    expect({ err, exits }).toEqual({ err: expect.stringContaining('--permission-mode'), exits: [2] });
    expect(started).toEqual([]);
  });
});
