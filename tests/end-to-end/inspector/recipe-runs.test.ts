import { mkdirSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { openTab } from '../../support/a-browser.ts';
import { anInspector } from '../../support/an-inspector.ts';
import { inspectorPage } from '../../support/inspector-page.ts';
import { aServerWithAgent } from '../../support/server-with-agent.ts';

const secret = `ghp_${'0123456789abcdef'.repeat(2)}abcd`;
const untilThereIs = (file: string) => `until [ -e ${file} ]; do sleep 0.02; done`;

/** 80 steps. The session of the first and the command of the second wait for a file each; then a person is asked. */
function longRecipe(cwd: string) {
  const names = Array.from({ length: 77 }, (_, at) => `step_${at}`);
  const others = names.map((name, at) => [
    name,
    {
      tool: 'run_cmd',
      with: { cmd: 'true', cwd },
      max_visits: 3,
      on_exceeded: 'escalate',
      on_success: names[at + 1] ?? 'done',
      on_failure: names[at - 3] ?? 'escalate',
    },
  ]);
  return {
    name: 'long',
    description: 'A recipe with many steps.',
    kitchen_rules: ['Call run_cmd only.'],
    inputs: { token: { type: 'text', default: secret } },
    steps: {
      plan: { tool: 'run_skill', with: { skill_command: '/smoke-task plan it', cwd }, on_success: 'test' },
      test: {
        tool: 'run_cmd',
        with: { cmd: `${untilThereIs('tested')}; echo ${secret}`, cwd },
        capture: { printed: '$'.concat('{{ result.stdout }}') },
        on_success: 'ask',
      },
      ask: { action: 'confirm', message: 'Go on?', on_success: names[0], on_failure: 'escalate' },
      ...Object.fromEntries(others),
    },
  };
}

it('An inspector shows a run as the chart of its recipe, live, with what it has started below it, and without secrets', {
  timeout: 60_000,
}, async () => {
  const marker = '$'.concat('{marker}');
  const session = [{ run: untilThereIs('planned') }, { end: { result: `It is planned.\n${marker}` } }];
  const { call, world } = await aServerWithAgent({ steps: { 'smoke-task': session } });
  const { projectDir } = world;
  mkdirSync(`${projectDir}/.maitred/recipes`);
  writeFileSync(`${projectDir}/.maitred/recipes/long.yaml`, JSON.stringify(longRecipe(projectDir)));
  const { link } = await anInspector(world);
  const tab = await openTab(link, { keepsResponses: true });
  const seen = inspectorPage(tab.page);
  const { run_id: runId } = await call('start_run', { recipe: 'long' });

  const level = async (name: string) => Number(await seen.actor(name).first().getAttribute('aria-level'));
  await seen.actor(`long ${runId}`).click();
  await seen.untilActive('plan');
  expect(await tab.page.locator('[data-state]').count()).toBeGreaterThan(80);
  expect(await level('session /smoke-task plan it')).toBe((await level(`long ${runId}`)) + 2);
  writeFileSync(`${projectDir}/planned`, '');
  await seen.untilActive('test');
  expect(await level(untilThereIs('tested'))).toBe((await level(`long ${runId}`)) + 2);
  writeFileSync(`${projectDir}/tested`, '');
  await seen.untilActive('ask');

  expect(await tab.received()).toContain('"printed"');
  expect(await tab.received()).not.toContain(secret);
  expect(await tab.page.content()).not.toContain(secret);
});
