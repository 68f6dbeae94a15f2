import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, inject, it } from 'vitest';
import {
  allowed,
  denialIn,
  headless,
  recorded,
  runHookOn,
  runHookWith,
  startHook,
  whatItSays,
} from './hook-process.ts';

it.each(['before-run-cmd', 'before-run-cmd-of-plugin'])('a headless session may not run programs: %s', async (name) => {
  const reason = denialIn(await runHookOn('headless-guard', recorded(name), headless));
  expect(reason).toMatch(/not for headless sessions.*Do the work with your own tools/);
});

it.each([{}, { MAITRED_HEADLESS: '0' }, { MAITRED_HEADLESS: '' }])('any other session may: %j', async (env) => {
  expect(await runHookOn('headless-guard', recorded('before-run-cmd'), { env })).toEqual(allowed);
});

it.each(['', 'not JSON', '[]', '{"tool_name":7,"tool_input":null}'])(
  'a headless session may not run programs after an unreadable event: %s',
  async (input) => {
    denialIn(await runHookWith('headless-guard', input, headless));
  },
);

it('a headless session may not run programs where MAITRED_STATE_DIR is wrong', () => {
  const file = join(inject('programDir'), 'hooks', 'headless-guard.js');
  const env = { ...headless.env, MAITRED_STATE_DIR: 'state' };
  const { status, stdout, stderr } = spawnSync(process.execPath, [file], { env, input: '{}', encoding: 'utf8' });
  denialIn({ code: status, stdout, stderr });
});

it('a headless session may not run programs after an event that never ends', async () => {
  const child = startHook('headless-guard', headless);
  child.stdin.write('{"tool_name":');
  denialIn(await whatItSays(child));
});
