import { expect, it } from 'vitest';
import { allowed, denialIn, recorded, runHookOn } from './hook-process.ts';

const event = recorded('before-run-cmd');
const eventOf = (cmd: string) => ({ ...event, tool_input: { ...event.tool_input, cmd } });

it('a command that installs nothing is let through', async () => {
  expect(await runHookOn('unsafe-install-guard', event)).toEqual(allowed);
});

it('an editable install into a shared environment is denied, by name, with what to do instead', async () => {
  const reason = denialIn(await runHookOn('unsafe-install-guard', eventOf('cd lib && pip install -e .')));
  expect(reason).toMatch(/^"pip install -e \." .*uv pip install --python \.venv\/bin\/python -e \.$/);
});

it('an editable install that names a .venv is let through', async () => {
  const cmd = 'uv pip install --python .venv/bin/python -e .';
  expect(await runHookOn('unsafe-install-guard', eventOf(cmd))).toEqual(allowed);
});

it('what a reason quotes is short, and steers no terminal', async () => {
  const cmd = `pip install -e './\u001b[2J${'x'.repeat(10_000)}'`;
  const reason = denialIn(await runHookOn('unsafe-install-guard', eventOf(cmd)));
  expect(reason).toContain('\\u001b[2J');
  expect(reason.length).toBeLessThan(600);
});

it('a script of megabytes is let through unread', async () => {
  expect(await runHookOn('unsafe-install-guard', eventOf(`${'('.repeat(2_000_000)} pip install -e .`))).toEqual(
    allowed,
  );
});
