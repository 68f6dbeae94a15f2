import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { canPrompt, createPrompt } from '../../../src/cli/init/prompt.ts';

/** A terminal with input that is typed ahead. */
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

describe('a question', () => {
  it('is answered by a line without surrounding blanks, or by the default if the line is empty', async () => {
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

  it('of a numbered list is answered by a number, or by 0 for none, or by the default', async () => {
    const terminal = aTerminal('3\r2\r0\r\r');
    const prompt = promptOn(terminal);
    expect(await prompt.choose('Which?', ['a', 'b\u009b'], null)).toBe(1);
    expect(terminal.shown()).toContain('  1. a\n  2. b\\u009b\n');
    expect(terminal.shown()).toContain('Please answer a number from 0 to 2.\n');
    expect(await prompt.choose('Which?', ['a', 'b'], 1)).toBeNull();
    expect(await prompt.choose('Which?', ['a', 'b'], 1)).toBe(1);
    prompt.close();
  });

  it('of certain words is answered by one of them, and by none for an empty line', async () => {
    const terminal = aTerminal('constructor\rDONE\r\r');
    const prompt = promptOn(terminal);
    expect(await prompt.askWord('What?', { done: 1, again: 2 }, null)).toBe(1);
    expect(terminal.shown()).toContain('Please answer done or again.\n');
    expect(await prompt.askWord('What?', { done: 1, again: 2 }, null)).toBeNull();
    prompt.close();
  });

  it('is not answered by what was typed before it was shown, if that is dropped', async () => {
    const terminal = aTerminal('y\ryes');
    const prompt = promptOn(terminal);
    await prompt.dropTyped();
    const asked = prompt.ask('Sure?', '');
    terminal.stdin.write('no\r');
    expect(await asked).toBe('no');
    prompt.close();
  });

  it.each([
    ['at ^C', '\u0003'],
    ['at ^D', '\u0004'],
  ])('is cancelled %s, and so is every later one', async (_when, typed) => {
    const prompt = promptOn(aTerminal(typed));
    for (const asked of [prompt.ask('Name:', 'x'), prompt.ask('Name:', 'x')])
      await expect(asked).rejects.toMatchObject({ code: 'cancelled', message: 'nothing has been done' });
    prompt.close();
  });

  it('is cancelled when the terminal closes', async () => {
    const terminal = aTerminal('');
    const asked = promptOn(terminal).ask('Name:', 'x');
    terminal.stdin.end();
    await expect(asked).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('is shown without control characters', async () => {
    const terminal = aTerminal('\r');
    const prompt = promptOn(terminal);
    await prompt.ask('Name [\u009b2J]:', 'x');
    prompt.close();
    expect(terminal.shown()).toContain('Name [\\u009b2J]: ');
  });

  it('is asked only if stdin and stderr are terminals', () => {
    const { stdin, stderr } = aTerminal('');
    expect(canPrompt({ stdin, stderr })).toBe(true);
    expect(canPrompt({ stdin: new PassThrough(), stderr })).toBe(false);
    expect(canPrompt({ stdin, stderr: { ...stderr, isTTY: false } })).toBe(false);
  });
});
