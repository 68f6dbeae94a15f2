import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openTab } from '../../support/a-browser.ts';
import { aRecording } from '../../support/a-recording.ts';
import { anInspector } from '../../support/an-inspector.ts';
import { type InspectorPage, inspectorPage } from '../../support/inspector-page.ts';
import { openScene } from '../../support/open-scene.ts';
import { aWorld, spawnServer } from '../../support/spawned-server.ts';

const patience = { timeout: 20_000 };

const timeline = ({ page }: InspectorPage) => page.getByRole('region', { name: /^Timeline of/ });
const tab = ({ page }: InspectorPage) => page.getByRole('tab', { name: 'Session' });

/** The entries of the timeline, a line each, from top to bottom. */
const entries = async (seen: InspectorPage) =>
  (await timeline(seen).locator('ol > li').allInnerTexts()).map((text) => text.split(/\s+/).join(' '));

async function openSession(options?: Parameters<typeof openScene>[1]): Promise<InspectorPage> {
  const seen = await openScene('session', options);
  await seen.actor(/session \/make-plan/).click();
  await tab(seen).click();
  return seen;
}

/** The moment after the first message of the recording with this text. */
function momentAfter(text: string): number {
  const at = readFileSync(aRecording('session'), 'utf8')
    .split('\n')
    .findIndex((line) => line.includes(text));
  if (at < 1) throw new Error(`the recording has no ${text}`);
  return at;
}

const isAtEnd = (seen: InspectorPage) =>
  timeline(seen).evaluate((box) => box.scrollTop + box.clientHeight >= box.scrollHeight - 24);

describe('A session', () => {
  it('is a timeline of its turns and of what happened beside them, with its state and totals', async () => {
    const seen = await openSession();
    await expect
      .poll(() => entries(seen), patience)
      .toEqual([
        expect.stringMatching(/^The agent started: scripted 0\.1\.0, 4 tools\. /),
        expect.stringMatching(
          /^Turn 1 \S+ · 80 ms · 1,240 in, 86 out I read how .* Bash command: "ls src" ok 60 ms cart\.ts Read file_path: "src\/till\.ts" failed 80 ms There is no file src\/till\.ts\.$/,
        ),
        expect.stringMatching(/^The rate limit five_hour is near \(82 % used\)\./),
        expect.stringMatching(/^Turn 2 .* This is the plan: .* Write file_path: "plans\/search\.md"/),
        expect.stringMatching(/^Turn 3 .* 3\.0 s .* Bash command: "npm test" ok 3\.0 s ✓ tests\/cart\.test\.ts$/),
        expect.stringMatching(/^Turn 4 .* The plan is written\.$/),
        expect.stringMatching(/^The agent reported success after 4 turns\./),
        expect.stringMatching(/^The agent started again \(process 2\): scripted 0\.1\.0\./),
        expect.stringMatching(/^Turn 5 .* plan_path = plans\/search\.md$/),
        expect.stringMatching(/^The agent reported success after 1 turn\./),
      ]);
    const head = seen.page.getByRole('banner').or(seen.page.locator('.session-head')).filter({ hasText: 'make-plan' });
    expect(await head.innerText()).toMatch(
      /ended: completed scripted · 5 turns · 4 tool calls, 1 failed · tokens: 1,662 in, 1,034 out, 9,170 cached · 7\.\d s/,
    );
  });

  it('is shown as it was at the moment', async () => {
    const seen = await openSession();
    await seen.goTo(momentAfter('"callId":"c3"'));
    await expect
      .poll(async () => (await entries(seen)).at(-1), patience)
      .toMatch(/^Turn 2 .* Wrote plans\/search\.md$/);
    await seen.goTo(momentAfter('"id":"c4"'));
    await expect.poll(async () => (await entries(seen)).at(-1), patience).toMatch(/Bash command: "npm test" running /);
    await seen.untilActive('running');
    await seen.goTo(3);
    await seen.page.getByText('No agent session has begun at this moment.').waitFor();
  });

  it('opens long texts, and calls with their input and result, with a click or the keys', async () => {
    const seen = await openSession();
    const { page } = seen;
    await expect.poll(() => isAtEnd(seen), patience).toBe(true);
    await page.keyboard.press('7');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    const opened = timeline(seen).locator('details[open]');
    await expect
      .poll(() => opened.innerText(), patience)
      .toMatch(/Result the first 4,096 of 6,311 characters\s+✓ tests\/cart\.test\.ts\s+✓ tests/);
    expect(await opened.getByRole('tree', { name: 'Input of Bash' }).innerText()).toMatch(/command\s+"npm test"/);
    await page.keyboard.press('Enter');
    await expect.poll(() => opened.count(), patience).toBe(0);
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    await expect.poll(() => opened.innerText(), patience).toContain('40. Step 40 of the search box');
  });

  it('leads to the call that asked for it, and the call to it', async () => {
    const seen = await openSession();
    const details = seen.page.getByRole('region', { name: 'Chosen call' });
    await seen.page.getByRole('button', { name: 'run_skill, ok' }).click();
    await expect.poll(() => details.innerText(), patience).toContain('/make-plan add a search box');
    await seen.page.getByRole('row', { name: /investigate/ }).click();
    await details.getByRole('button', { name: 'session /investigate the slow test' }).click();
    await expect.poll(() => entries(seen), patience).toEqual([expect.stringMatching(/^Turn 1 .* no answer/)]);
    expect(await seen.page.locator('.session-head').innerText()).toMatch(/run_skill, no answer/);
  });

  it('is found from the actors below it, and offered beside others', async () => {
    const seen = await openSession();
    await seen
      .actor(/^lifecycle/)
      .first()
      .click();
    const offer = seen.page.getByRole('tabpanel');
    await expect.poll(() => offer.innerText(), patience).toMatch(/^lifecycle belongs to no agent session/);
    await offer.getByRole('button', { name: 'make-plan' }).click();
    await expect.poll(() => entries(seen), patience).toHaveLength(10);
    await seen.actor('waitForResult').first().click();
    await seen.page.getByRole('heading', { name: 'waitForResult' }).waitFor();
    expect(await entries(seen)).toHaveLength(10);
  });
});

it('A recording without a session has no such panel', async () => {
  const seen = await openScene('lifecycle');
  await seen.page.getByRole('tab', { name: 'Calls' }).waitFor();
  expect(await tab(seen).count()).toBe(0);
});

it('A running session is followed to its end, unless the user has scrolled up, and the winner of its race is seen', async () => {
  const world = aWorld();
  const [script, gate] = [join(world.projectDir, 'script.yaml'), join(world.projectDir, 'gate')];
  const steps = [1, 16, 31].flatMap((from, at) => [
    ...Array.from({ length: 15 }, (_, more) => ({ say: `Text ${from + more}.` })),
    { run: `until [ -e ${gate}.${at + 1} ]; do sleep 0.05; done` },
  ]);
  const end = { result: `done\n${'$'}{marker}` };
  writeFileSync(script, JSON.stringify({ skills: { default: [...steps, { end }] } }));
  const env = { MAITRED_RUN_SKILL__AGENT: 'script', MAITRED_RUN_SKILL__SCRIPT: script };
  const server = spawnServer({ world, args: ['--inspect', '--open-kitchen'], env });
  await server.initialize();
  const call = server.callTool('run_skill', { skill_command: '/smoke-task say it', cwd: world.projectDir });
  const { link } = await anInspector(world);
  const seen = inspectorPage((await openTab(link)).page);
  await seen.actor(/^session/).click();
  await tab(seen).click();
  const last = async () => (await entries(seen)).at(-1);
  const open = (count: number) => writeFileSync(`${gate}.${count}`, '');

  await expect.poll(last, patience).toMatch(/Bash command: .* running /);
  await seen.untilActive('running');
  expect(await timeline(seen).innerText()).toContain('Text 15.');
  await expect.poll(() => isAtEnd(seen), patience).toBe(true);
  open(1);
  await expect.poll(() => timeline(seen).innerText(), patience).toContain('Text 30.');
  await expect.poll(() => isAtEnd(seen), patience).toBe(true);

  await timeline(seen).evaluate((box) => box.scrollTo({ top: 0 }));
  await expect.poll(() => isAtEnd(seen), patience).toBe(false);
  open(2);
  await expect.poll(() => timeline(seen).innerText(), patience).toContain('Text 45.');
  expect(await timeline(seen).evaluate((box) => box.scrollTop)).toBe(0);
  open(3);
  await call;
  await seen.untilActive('settled');
  const racers = seen.page.getByRole('treeitem', { name: /^actor waitFor/ });
  const ends = async () =>
    (await racers.evaluateAll((all) => all.map((one) => one.getAttribute('data-status')))).sort();
  await expect.poll(ends, patience).toEqual(['done', ...Array.from({ length: 6 }, () => 'stopped')]);
});
