import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openTab } from '../../support/a-browser.ts';
import { aRecording } from '../../support/a-recording.ts';
import { anInspector } from '../../support/an-inspector.ts';
import { makeAuditEndless } from '../../support/endless-audit.ts';
import { type InspectorPage, inspectorPage } from '../../support/inspector-page.ts';
import { openScene } from '../../support/open-scene.ts';
import { aWorld, spawnServer } from '../../support/spawned-server.ts';

const patience = { timeout: 20_000 };

async function openCalls(): Promise<InspectorPage> {
  const seen = await openScene('calls');
  await seen.page.getByRole('tab', { name: 'Calls' }).click();
  return seen;
}

/** The texts of the calls, a line each, from top to bottom. */
const texts = async ({ page }: InspectorPage) =>
  (await page.getByRole('grid', { name: 'Calls' }).locator('tbody tr').allInnerTexts()).map((text) =>
    text.split(/\s+/).join(' '),
  );

const call = ({ page }: InspectorPage, text: string) => page.getByRole('row').filter({ hasText: text });
const details = ({ page }: InspectorPage) => page.getByRole('region', { name: 'Chosen call' });

/** The moment after the first message of the recording with this text. */
function momentAfter(text: string): number {
  const at = readFileSync(aRecording('calls'), 'utf8')
    .split('\n')
    .findIndex((line) => line.includes(text));
  if (at < 1) throw new Error(`the recording has no ${text}`);
  return at;
}

describe('The calls', () => {
  it('are listed with status, arguments, result, times and size, those from before the recording too, and their failures are counted in the tab', async () => {
    const seen = await openCalls();
    await expect
      .poll(() => texts(seen), patience)
      .toEqual([
        expect.stringMatching(/^ok get_pipeline_report 0 ms 20 ms \d+ B total_failures: 0, omitted: 0, skipped: /),
        expect.stringMatching(
          /^failed run_cmd 0 ms 4 ms \d+ B cmd: "npm run lint".* cwd \/home\/someone\/shp does not exist/,
        ),
        expect.stringMatching(/^ok open_kitchen 30 ms 5 ms .* kitchen: "open", version: "0\.1\.0"$/),
        expect.stringMatching(
          /^ok get_pipeline_report 586 ms 6 ms [\d.]+ KiB limit: 20 total_failures: 20, failures: \[/,
        ),
        expect.stringMatching(/^ok run_cmd 0 ms 2\.7 s .* exit_code: 0, stdout: "✓ tests/),
        expect.stringMatching(/^failed test_check .* worktree_path: "\/home\/someone\/shop" npm-test was not found/),
        expect.stringMatching(/^failed read_dbs .* Unknown tool: read_dbs\. Did you mean read_db\?$/),
        expect.stringMatching(/^ok prompts\/get .* name: "review" Review this change\.$/),
        expect.stringMatching(/^cancelled run_cmd 0 ms 2\.2 s .* The client cancelled it, and got no answer\.$/),
        expect.stringMatching(/^exit 1 run_cmd 0 ms 540 ms .* exit_code: 1, stdout: "src\/cart\.ts/),
        expect.stringMatching(/^no answer run_cmd 0 ms .* It was running when the server ended\.$/),
      ]);
    expect(await seen.page.getByRole('tab', { name: 'Calls' }).innerText()).toBe(
      'Calls 11 · 3 failed · 1 without success',
    );
    await seen.page.getByText('1,240 more calls between').waitFor();
  });

  it('are shown as they were at the moment: waiting, and for what; running, and for how long', async () => {
    const seen = await openCalls();
    await seen.goTo(momentAfter('"waitsFor":["audit"]'));
    await expect
      .poll(async () => (await texts(seen)).at(-1), patience)
      .toMatch(/^waiting get_pipeline_report 130 ms limit: 20 waits for audit$/);
    await seen.goTo(momentAfter('running for 2 s'));
    await expect
      .poll(() => call(seen, 'running').innerText(), patience)
      .toMatch(/2\.0 s[\s\S]*running for 2 s: ✓ tests\/till\.test\.ts/);
    expect(await seen.page.getByText('more calls between').count()).toBe(0);
  });

  it('are filtered by text, tool and status', async () => {
    const seen = await openCalls();
    const { page } = seen;
    const field = page.getByRole('searchbox', { name: 'Filter by text' });
    await field.fill('tool_failed');
    await expect.poll(() => texts(seen), patience).toEqual([expect.stringContaining('npm-test was not found')]);
    await field.press('Escape');
    await page.getByRole('combobox', { name: 'Status' }).selectOption('failed');
    await expect.poll(async () => (await texts(seen)).length, patience).toBe(3);
    await page.getByRole('combobox', { name: 'Tool' }).selectOption('read_dbs');
    await expect.poll(() => texts(seen), patience).toEqual([expect.stringContaining('Unknown tool')]);
    await field.fill('nowhere');
    await page.getByText('No calls up to this moment match the filter.').waitFor();
    await field.press('Escape');
    await page.getByRole('combobox', { name: 'Tool' }).selectOption('All tools');
    await page.getByRole('combobox', { name: 'Status' }).selectOption('without success');
    await expect.poll(() => texts(seen), patience).toEqual([expect.stringMatching(/^exit 1 run_cmd/)]);
  });

  it('are sorted by a column with a click or Enter: up, down, and back to the order of arrival', async () => {
    const seen = await openCalls();
    const { page } = seen;
    const header = page.getByRole('columnheader', { name: 'Ran' });
    const first = async () => [await header.getAttribute('aria-sort'), (await texts(seen))[0]];
    await header.getByRole('button').click();
    await expect.poll(first, patience).toEqual(['ascending', expect.stringMatching(/^no answer/)]);
    await page.keyboard.press('Enter');
    await expect.poll(first, patience).toEqual(['descending', expect.stringMatching(/^ok run_cmd 0 ms 2\.7 s/)]);
    await page.keyboard.press('Enter');
    await expect.poll(first, patience).toEqual(['none', expect.stringMatching(/^ok get_pipeline_report/)]);
  });
});

it('A call that failed before the recording began is named beside the errors of the events, and found among the calls', async () => {
  const seen = await openScene('calls');
  const remark = seen.page.getByText('1 call failed before the recording began.');
  expect(await remark.count()).toBe(0);
  await seen.page.getByRole('checkbox', { name: 'Errors only' }).check();
  await remark.waitFor();
  await seen.page.getByRole('button', { name: 'See Calls' }).click();
  await expect
    .poll(async () => (await texts(seen))[0], patience)
    .toMatch(/^failed run_cmd .*someone\/shp does not exist/);
  expect(await texts(seen)).toHaveLength(3);
});

describe('A chosen call', () => {
  it('shows its request, progress, result, the processes that it started and its log; it opens with the keys and closes with Escape', async () => {
    const seen = await openCalls();
    await expect.poll(() => texts(seen), patience).toHaveLength(11);
    await seen.page.keyboard.press('6');
    await seen.page.keyboard.press('Home');
    await expect.poll(() => details(seen).innerText(), patience).toContain('get_pipeline_report');
    await seen.page.keyboard.press('Escape');
    await expect.poll(() => details(seen).count(), patience).toBe(0);
    await seen.page.keyboard.press('Enter');
    await expect.poll(() => details(seen).innerText(), patience).toContain('get_pipeline_report');
    await seen.page.keyboard.press('ArrowDown');
    await expect.poll(() => details(seen).innerText(), patience).toContain('/home/someone/shp does not exist');

    await call(seen, 'cmd: "npm test"').click();
    const text = () => details(seen).innerText();
    await expect
      .poll(text, patience)
      .toContain('2 progress messages, the newest: running for 2 s: ✓ tests/till.test.ts');
    expect(await text()).toMatch(/id 5 · arrived at \S+ · waited 0 ms · ran 2\.7 s/);
    expect(await details(seen).getByRole('tree', { name: 'Arguments' }).innerText()).toContain('/home/someone/shop');
    const result = details(seen).getByRole('tree', { name: 'Result' });
    expect(await result.innerText()).toMatch(/exit_code\s+0[\s\S]*✓ tests\/cart\.test\.ts\n✓ tests\/till\.test\.ts\n/);
    await details(seen).getByRole('button', { name: 'npm test' }).click();
    await seen.untilActive('ended');
    await call(seen, 'npm-test was not found').click();
    await expect.poll(text, patience).toMatch(/npm-test, done[\s\S]*WARNING tool_failed/);
  });

  it('shows the beginning of a truncated result, with the size of the whole, and the error of a failed call', async () => {
    const seen = await openCalls();
    await call(seen, 'limit: 20').click();
    await expect
      .poll(() => details(seen).innerText(), patience)
      .toMatch(/Result the beginning of [\d.]+ KiB\s+total_failures\s+20\s+failures\s+\[/);
    await call(seen, 'Unknown tool').click();
    await expect
      .poll(() => details(seen).getByRole('tree', { name: 'Error' }).innerText(), patience)
      .toMatch(/code\s+-32602/);
    await details(seen).getByRole('button', { name: 'Close' }).click();
    expect(await details(seen).count()).toBe(0);
  });

  it('The calls of a running server are shown live: what one waits for, its result, and that one had no answer when the server ended', async () => {
    const world = aWorld();
    const audit = makeAuditEndless(world.stateFolder);
    const server = spawnServer({ world, args: ['--inspect', '--visibility', 'always'] });
    await server.initialize();
    await server.callTool('open_kitchen');
    const { link } = await anInspector(world);
    const seen = inspectorPage((await openTab(link)).page);
    await seen.page.getByRole('tab', { name: 'Calls' }).click();
    const last = async () => (await texts(seen)).at(-1);
    const report = server.callTool('get_pipeline_report').catch(() => undefined);
    await expect.poll(last, patience).toMatch(/^waiting get_pipeline_report .*waits for audit$/);
    audit.end();
    await report;
    await expect.poll(last, patience).toMatch(/^ok get_pipeline_report /);
    const running = server.callTool('run_cmd', { cmd: 'sleep 60', cwd: world.projectDir }).catch(() => undefined);
    await expect.poll(last, patience).toMatch(/^running run_cmd .*sleep 60/);
    await call(seen, 'sleep 60').click();
    await details(seen).getByRole('list').first().getByRole('button').waitFor();
    server.kill('SIGKILL');
    await running;
    await expect.poll(last, patience).toMatch(/^no answer run_cmd .*It was running when the server ended\.$/);
  });
});
