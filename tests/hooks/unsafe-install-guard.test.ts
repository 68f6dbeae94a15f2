import { expect, it } from 'vitest';
import { allowed, denialIn, recorded, runHookOn, runHookWith } from './hook-process.ts';

const event = recorded('before-run-cmd');
const eventOf = (cmd: string) => ({ ...event, tool_input: { ...event.tool_input, cmd } });

it('a command that installs nothing is allowed', async () => {
  expect(await runHookOn('unsafe-install-guard', event)).toEqual(allowed);
});

it('an editable install into a shared environment is denied, and the reason quotes it and says what to do instead', async () => {
  const reason = denialIn(await runHookOn('unsafe-install-guard', eventOf('cd lib && pip install -e .')));
  expect(reason).toMatch(/^"pip install -e \." .*uv pip install --python \.venv\/bin\/python -e \.$/);
});

it('an event that begins with a byte order mark is read as any other', async () => {
  const event = `\ufeff${JSON.stringify(eventOf('pip install -e .'))}`;
  expect(denialIn(await runHookWith('unsafe-install-guard', event))).toContain('"pip install -e ."');
});

it('an editable install that names a .venv is allowed', async () => {
  const cmd = 'uv pip install --python .venv/bin/python -e .';
  expect(await runHookOn('unsafe-install-guard', eventOf(cmd))).toEqual(allowed);
});

it('the quote in a reason is short and has no control characters', async () => {
  const cmd = `pip install -e './\u001b[2J${'x'.repeat(10_000)}'`;
  const reason = denialIn(await runHookOn('unsafe-install-guard', eventOf(cmd)));
  expect(reason).toContain('\\u001b[2J');
  expect(reason.length).toBeLessThan(600);
});

it('a script of megabytes is allowed without reading it', async () => {
  expect(await runHookOn('unsafe-install-guard', eventOf(`${'('.repeat(2_000_000)} pip install -e .`))).toEqual(
    allowed,
  );
});
