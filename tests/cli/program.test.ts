import { describe, expect, it } from 'vitest';
import { AppError, errorKinds } from '../../src/domain/app-error.ts';
import { serveOptions } from '../../src/domain/serve-flags.ts';
import { runProgram } from './run-program.ts';

describe('the command line', () => {
  it('prints its version', async () => {
    for (const flag of ['--version', '-V']) {
      expect(await runProgram([flag])).toEqual({ out: '1.2.3\n', err: '', exits: [0] });
    }
  });

  it('prints help with examples and every exit code', async () => {
    for (const argv of [['--help'], ['-h'], ['help']]) {
      const { out, err, exits } = await runProgram(argv);
      expect({ err, exits }).toEqual({ err: '', exits: [0] });
      for (const words of ['serve', 'status', 'Example:\n  $ ', 'Exit codes:']) expect(out).toContain(words);
      for (const command of ['init', 'status', 'wrap -- ', 'inspect']) expect(out).toContain(`  $ maitred ${command}`);
      expect(out).toContain(
        '\nTools for coding agents over MCP, recipes that run them, and a front for slow MCP servers.\n',
      );
      for (const [code, { exitCode }] of Object.entries(errorKinds)) {
        expect(out).toMatch(new RegExp(`^ +${exitCode}  ${code} +[A-Z][^.]+\\.`, 'm'));
      }
    }
  });

  it('prints help with an example for each command', async () => {
    const commands = [
      'init',
      'serve',
      'wrap',
      'cache',
      'status',
      'inspect',
      'config',
      'schema',
      'render',
      'workspace',
      'skills',
      'scenario',
      'order',
      'runs',
      'cook',
    ];
    for (const command of commands) {
      for (const argv of [
        [command, '--help'],
        [command, '-h'],
        ['help', command],
      ]) {
        const { out, err, exits } = await runProgram(argv);
        expect({ err, exits }).toEqual({ err: '', exits: [0] });
        expect(out).toContain(`Usage: maitred ${command}`);
        expect(out).toContain(`Example:\n  $ maitred ${command}`);
      }
    }
  });

  it('prints help with an example for each command of a group', async () => {
    const commands = ['config show', 'config set', 'config unset', 'config path', 'schema config'];
    for (const command of [
      ...commands,
      'workspace init',
      'workspace clean',
      'cache list',
      'cache show',
      'cache clear',
      'sessions list',
      'sessions show',
      'sessions tail',
      'skills list',
      'skills show',
      'skills check',
      'scenario show',
      'scenario check',
      'scenario trim',
      'runs list',
      'runs show',
      'runs logs',
      'runs approve',
      'runs reject',
      'runs resume',
      'runs cancel',
      'runs clean',
    ]) {
      const { out, err, exits } = await runProgram([...command.split(' '), '--help']);
      expect({ err, exits }).toEqual({ err: '', exits: [0] });
      expect(out).toContain(`Usage: maitred ${command}`);
      expect(out).toMatch(new RegExp(`Example:\n {2}\\$ .*maitred ${command}`));
    }
  });

  it('shows every option of serve in its help', async () => {
    const { out } = await runProgram(['serve', '--help']);
    for (const { long, placeholder } of serveOptions) {
      expect(out).toContain(placeholder === undefined ? long : `${long} <${placeholder}>`);
    }
  });

  it('prints help on a terminal if there is no command', async () => {
    const { out, err, exits } = await runProgram([], { env: { NO_COLOR: '1' } }, true);
    expect(out).toContain('Usage: maitred');
    expect({ err, exits }).toEqual({ err: '', exits: [0] });
  });

  it('prints help into a pipe if there is no command', async () => {
    const { out, err, exits } = await runProgram([]);
    expect(out).toContain('Usage: maitred');
    expect(err).toBe('');
    expect(exits).toEqual([0]);
  });

  it.each([
    [['statsu'], "unknown command 'statsu'; did you mean status?"],
    [['version'], "unknown command 'version'; did you mean --version?"],
    [['-v'], "unknown option '-v'; did you mean --version?"],
    [['status', '-v'], "unknown option '-v'; see maitred status --help"],
    [['status', '--jsn'], "unknown option '--jsn'; did you mean --json?"],
    [['bake'], "unknown command 'bake'; maitred --help lists the commands"],
    [['config', 'bake', '--help'], "unknown command 'bake'; maitred config --help lists the commands"],
    [['help', 'bake'], "unknown command 'bake'; maitred --help lists the commands"],
    [['status', 'now'], "too many arguments for 'status': expected 0, got 1; see maitred status --help"],
    [['config', 'set', 'a.b'], "missing required argument 'VALUE'; see maitred config set --help"],
    [['init', '--project'], "option '--project <DIR>' argument missing; see maitred init --help"],
  ])('says in one line what is wrong and what to do: %j', async (argv, words) => {
    expect(await runProgram(argv)).toEqual({ out: '', err: `maitred: ${words}\n`, exits: [2] });
  });

  it('escapes control characters in its messages', async () => {
    const { err, exits } = await runProgram(['\u001b[2Jx']);
    expect(err).toContain("unknown command '\\u001b[2Jx'");
    expect(err).not.toContain('\u001b');
    expect(exits).toEqual([2]);
  });

  it('has colours only on a terminal without NO_COLOR', async () => {
    expect((await runProgram(['--help'], {}, true)).out).toContain('\u001b[1m');
    expect((await runProgram(['--help'])).out).not.toContain('\u001b');
    expect((await runProgram(['--help'], { env: { NO_COLOR: '1' } }, true)).out).not.toContain('\u001b');
  });

  it('does not serve: a server is started before any command is parsed', async () => {
    expect(await runProgram(['--', 'serve'])).toEqual({
      out: '',
      err: 'maitred: `serve` must be the first argument: maitred serve\n',
      exits: [2],
    });
  });

  it('ends with the exit code of the error, and one line on stderr', async () => {
    for (const [code, { exitCode }] of Object.entries(errorKinds)) {
      const openInspector = (): never => {
        throw new AppError(code as keyof typeof errorKinds, 'what, and\nwhat to do');
      };
      expect(await runProgram(['inspect'], { openInspector })).toEqual({
        out: '',
        err: 'maitred: what, and\\nwhat to do\n',
        exits: [exitCode],
      });
    }
  });

  it('ends with the exit code of a defect after an unexpected error', async () => {
    const openInspector = (): Promise<never> => Promise.reject(new TypeError('x is not a function'));
    expect(await runProgram(['inspect'], { openInspector })).toMatchObject({
      err: 'maitred: x is not a function\n',
      exits: [70],
    });
  });
});
