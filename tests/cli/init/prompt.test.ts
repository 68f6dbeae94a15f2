import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { canPrompt, createPrompt } from '../../../src/cli/init/prompt.ts';

/** A terminal whose person types ahead. */
function aTerminal(typed: string) {
  let shown = '';
  const stdin = Object.assign(new PassThrough(), { isTTY: true });
  stdin.write(typed);
  const stderr = {
    write: (text: string) => {
      shown += text;
    },
    isTTY: true,
    columns: 80,
  };
  return { stdin, stderr, shown: () => shown };
}

const promptOn = (terminal: ReturnType<typeof aTerminal>) => createPrompt(terminal, 'nothing has been done');

describe('A question', () => {
  it('is answered by a line, without the blanks around it, and by the default where that is empty', async () => {
    const terminal = aTerminal('  npm test \r\r');
    const prompt = promptOn(terminal);
    expect(await prompt.ask('Command [x]:', 'x')).toBe('npm test');
    expect(await prompt.ask('Name [y]:', 'y')).toBe('y');
    prompt.close();
    expect(terminal.shown()).toContain('Command [x]: ');
  });

  it.each([
    ['y', true],
    ['YES', true],
    ['n', false],
    ['No', false],
  ])('of yes or no is answered by %s', async (typed, isYes) => {
    const prompt = promptOn(aTerminal(`${typed}\r`));
    expect(await prompt.confirm('Sure?', !isYes)).toBe(isYes);
    prompt.close();
  });

  it('of yes or no has a default, and is asked again after anything else', async () => {
    const terminal = aTerminal('\rperhaps\r\r');
    const prompt = promptOn(terminal);
    expect(await prompt.confirm('Sure?', true)).toBe(true);
    expect(await prompt.confirm('Really?', false)).toBe(false);
    prompt.close();
    expect(terminal.shown()).toContain('Sure? [Y/n] ');
    expect(terminal.shown()).toContain('Really? [y/N] ');
    expect(terminal.shown()).toContain('Please answer y or n.\n');
  });

  it.each([
    ['at ^C', '\u0003'],
    ['at ^D', '\u0004'],
  ])('is withdrawn %s, and every one after it', async (_when, typed) => {
    const prompt = promptOn(aTerminal(typed));
    for (const asked of [prompt.ask('Name:', 'x'), prompt.ask('Name:', 'x')])
      await expect(asked).rejects.toMatchObject({ code: 'cancelled', message: 'nothing has been done' });
    prompt.close();
  });

  it('is withdrawn when the terminal goes', async () => {
    const terminal = aTerminal('');
    const asked = promptOn(terminal).ask('Name:', 'x');
    terminal.stdin.end();
    await expect(asked).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('shows nothing that would steer the terminal', async () => {
    const terminal = aTerminal('\r');
    const prompt = promptOn(terminal);
    await prompt.ask('Name [\u009b2J]:', 'x');
    prompt.close();
    expect(terminal.shown()).toContain('Name [\\u009b2J]: ');
  });

  it('is asked only where both the answer and the question have a terminal', () => {
    const { stdin, stderr } = aTerminal('');
    expect(canPrompt({ stdin, stderr })).toBe(true);
    expect(canPrompt({ stdin: new PassThrough(), stderr })).toBe(false);
    expect(canPrompt({ stdin, stderr: { ...stderr, isTTY: false } })).toBe(false);
  });
});
