import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tempFolder } from '../../doubles/temp-folder.ts';
import { oneBrowserForAll } from '../../support/a-browser.ts';
import { aRecording } from '../../support/a-recording.ts';
import { anInspector } from '../../support/an-inspector.ts';
import { type InspectorPage, inspectorPage, statesOf } from '../../support/inspector-page.ts';
import { untilReady } from '../../support/server-status.ts';
import { aWorld, spawnServer } from '../../support/spawned-server.ts';

const openTab = oneBrowserForAll();
const patience = { timeout: 20_000 };

async function openRecording(file: string): Promise<InspectorPage> {
  const { link } = await anInspector(aWorld(), file);
  return inspectorPage((await openTab(link)).page);
}

/** The states of the lifecycle in a recording, each with its first moment. */
function statesIn(file: string, sessionId = 'lifecycle.x:0'): readonly { moment: number; active: string[] }[] {
  const messages = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => JSON.parse(line) as { type: string; sessionId?: string; value?: unknown });
  return messages.flatMap(({ type, sessionId: of, value }, position) =>
    type === '@xstate.microstep' && of === sessionId ? [{ moment: position + 1, active: statesOf(value).sort() }] : [],
  );
}

describe('The slider', () => {
  it('shows each state of a recorded life', async () => {
    const file = aRecording('lifecycle');
    const seen = await openRecording(file);
    await seen.untilActive('stopped');
    const states = statesIn(file);
    expect(new Set(states.map(({ active }) => active[0]))).toEqual(
      new Set(['compose', 'openTransport', 'deferredInit', 'ready', 'draining', 'shutdown', 'stopped']),
    );
    for (const { moment, active } of states) {
      await seen.goTo(moment);
      await seen.untilActive(...active);
    }
  });

  it('shows the chosen actor as it was, and nothing before it started', async () => {
    const file = aRecording('lifecycle');
    const seen = await openRecording(file);
    await seen.actor('startupTask, ended').click();
    const task = seen.actor('task.backend');
    await task.click();
    await seen.untilActive('done');
    const sessionId = (await task.getAttribute('data-session')) ?? '';
    const states = statesIn(file, sessionId);
    expect(states.map(({ active }) => active[0])).toContain('running');
    for (const { moment, active } of states) {
      await seen.goTo(moment);
      await seen.untilActive(...active);
    }
    // Before it started, the page shows nothing of it.
    await seen.goTo(3);
    await expect.poll(() => seen.page.getByRole('region', { name: 'Chart of task.backend' }).count()).toBe(0);
  });

  it('shows events, their sequence and start-up as they were', async () => {
    const file = aRecording('lifecycle');
    const seen = await openRecording(file);
    await seen.untilActive('stopped');
    const events = seen.page.getByRole('listbox', { name: 'Events', exact: true }).getByRole('option');
    const sequence = seen.page.getByRole('listbox', { name: 'Events between actors' }).getByRole('option');
    const [{ moment } = { moment: 0 }] = statesIn(file).filter(({ active }) => active[0] === 'draining');
    await expect.poll(() => events.last().innerText(), patience).toContain('The server has ended.');
    await seen.goTo(moment);
    await expect.poll(() => seen.page.locator('.phase-now').innerText(), patience).toBe('draining');
    await expect.poll(() => events.last().innerText(), patience).toMatch(/SHUTDOWN_TRIGGERED|is present: drain/);
    await seen.page.getByRole('tab', { name: 'Sequence' }).click();
    await expect.poll(() => sequence.last().innerText(), patience).toContain('SHUTDOWN_TRIGGERED');
    await seen.page.getByRole('button', { name: 'End' }).click();
    await expect.poll(() => sequence.last().innerText(), patience).toContain('closeTransport done');
    await expect.poll(() => seen.page.locator('.phase-now').innerText(), patience).toBe('stopped');
  });

  it('shows the calls as they were', async () => {
    const server = spawnServer({ args: ['--inspect', '--visibility', 'always'] });
    await server.initialize();
    await server.callTool('open_kitchen');
    const { link } = await anInspector(server.world);
    const seen = inspectorPage((await openTab(link)).page);
    await seen.untilActive('ready');
    const running = server.callTool('run_cmd', { cmd: 'sleep 60', cwd: server.world.projectDir });
    await seen.page.getByRole('tab', { name: 'Calls' }).click();
    const call = seen.page.getByText('run_cmd', { exact: true });
    await call.waitFor();
    await seen.goTo(3);
    await expect.poll(() => call.count(), patience).toBe(0);
    await seen.page.getByRole('button', { name: 'Live' }).click();
    await call.waitFor();
    server.kill('SIGTERM');
    await running.catch(() => undefined);
    await expect.poll(() => call.count(), patience).toBe(0);
  });

  it('goes back while the server continues, and Live returns', async () => {
    const server = spawnServer({ args: ['--inspect'] });
    await server.initialize();
    await untilReady(server);
    const { link } = await anInspector(server.world);
    const seen = inspectorPage((await openTab(link)).page);
    await seen.untilActive('ready');
    expect(await seen.isLive()).toBe(true);
    await seen.goTo(3);
    await seen.untilActive('deferredInit');
    await server.leave();
    await seen.untilShown('The server has ended.');
    expect(await seen.activeStates()).toEqual(['deferredInit']);
    expect(await seen.isLive()).toBe(false);
    await seen.page.getByRole('button', { name: 'Live' }).click();
    await seen.untilActive('stopped');
    expect(await seen.isLive()).toBe(true);
  });

  it('marks the trigger of the last arrow, and not the same trigger on another one', async () => {
    const seen = await openRecording(aRecording('lifecycle'));
    await seen.untilActive('stopped');
    const newest = seen.page.locator('[data-event][data-age="0"]');
    expect(await newest.allTextContents()).toEqual(['closeTransport done [otherwise]']);
  });

  it('shows parallel regions that are active', async () => {
    const file = aRecording('parallel-init');
    const seen = await openRecording(file);
    const states = statesIn(file, 'shop.x:0');
    const [{ moment, active } = { moment: 0, active: [] }] = states.filter(({ active }) =>
      active.includes('deferredInit.cache.cold'),
    );
    expect(active).toContain('deferredInit.database.connected');
    await seen.goTo(moment);
    await seen.untilActive(...active);
  });
});

describe('The arrow keys', () => {
  it('step from transition to transition, back and forward, and L returns', async () => {
    const file = aRecording('lifecycle');
    const seen = await openRecording(file);
    await seen.untilActive('stopped');
    const shown = async () => (await seen.activeStates())[0] ?? '';
    const phases = [await shown()];
    let from = Number.POSITIVE_INFINITY;
    for (let at = await seen.position(); at < from; at = await seen.position()) {
      from = at;
      await seen.page.keyboard.press('ArrowLeft');
      const state = await shown();
      if (state !== phases.at(-1)) phases.push(state);
    }
    expect(phases.join(' ← ')).toBe('stopped ← shutdown ← draining ← ready ← deferredInit ← openTransport ← compose');
    await seen.page.keyboard.press('ArrowRight');
    await seen.untilActive('openTransport');
    await seen.page.keyboard.press('l');
    await seen.untilActive('stopped');
  });

  it('step by transitions of the chosen actor, and with Shift of any actor', async () => {
    const seen = await openRecording(aRecording('lifecycle'));
    await seen.untilActive('stopped');
    const end = await seen.position();
    await seen.actor('startupTask, ended').click();
    await seen.actor('task.backend').click();
    await seen.page.getByRole('tree', { name: 'Chart task.backend' }).waitFor();
    await seen.page.keyboard.press(',');
    await seen.untilActive('done');
    const ofTask = await seen.position();
    expect(ofTask).toBeLessThan(end / 2);
    await seen.page.keyboard.press('l');
    await expect.poll(() => seen.isLive()).toBe(true);
    await seen.page.keyboard.press('Shift+Comma');
    await expect.poll(() => seen.isLive()).toBe(false);
    expect(await seen.position()).toBeGreaterThan(ofTask);
  });

  it('return to the present from the last transition', async () => {
    const seen = await openRecording(aRecording('lifecycle'));
    await seen.untilActive('stopped');
    await seen.page.keyboard.press('ArrowLeft');
    await expect.poll(() => seen.isLive()).toBe(false);
    for (const _ of [1, 2]) await seen.page.keyboard.press('ArrowRight');
    await expect.poll(() => seen.isLive()).toBe(true);
  });
});

describe('A recording', () => {
  it('is saved to a file, and shows the same in an inspector without servers', async () => {
    const server = spawnServer({ args: ['--inspect'] });
    await server.initialize();
    await untilReady(server);
    const { link } = await anInspector(server.world);
    const seen = inspectorPage((await openTab(link)).page);
    await seen.untilActive('ready');
    await server.leave();
    await seen.untilActive('stopped');
    const downloading = seen.page.waitForEvent('download');
    await seen.page.getByRole('button', { name: 'Save' }).click();
    const download = await downloading;
    expect(download.suggestedFilename()).toMatch(/^maitred-project-.*\.jsonl$/);
    const file = join(tempFolder(), 'saved.jsonl');
    await download.saveAs(file);

    const other = await openRecording(file);
    await other.untilActive('stopped');
    const moments = statesIn(file);
    expect(moments.length).toBeGreaterThan(3);
    for (const { moment, active } of moments) {
      await other.goTo(moment);
      await other.untilActive(...active);
    }
  });

  it('has a button that goes to its end', async () => {
    const seen = await openRecording(aRecording('lifecycle'));
    await seen.goTo(1);
    await seen.page.getByRole('button', { name: 'End' }).click();
    await seen.untilActive('stopped');
  });

  it('can be opened from the page', async () => {
    const { link } = await anInspector(aWorld());
    const seen = inspectorPage((await openTab(link)).page);
    const choosing = seen.page.waitForEvent('filechooser');
    await seen.page.getByRole('button', { name: 'Open' }).click();
    await (await choosing).setFiles(aRecording('recipe'));
    await seen.untilActive(
      ...statesOf({
        build: {
          implement: 'slice3',
          document: 'page3',
          translate: 'text3',
          watch: 'polling',
          budgetOfTheWholeRecipeInDollarsAndMinutes: 'within',
        },
      }),
    );
  });

  it('can be dropped on the page', async () => {
    const { link } = await anInspector(aWorld());
    const seen = inspectorPage((await openTab(link)).page);
    const text = JSON.stringify(readFileSync(aRecording('lifecycle'), 'utf8'));
    const dataTransfer = await seen.page.evaluateHandle(`(() => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([${text}], 'dropped.jsonl'));
      return transfer;
    })()`);
    await seen.page.dispatchEvent('body', 'drop', { dataTransfer });
    await seen.untilActive('stopped');
  });

  it.each([
    ['is no recording', 'not a recording\n'],
    [
      'has a line that is no JSON',
      '{"type":"maitred.recording","formatVersion":1,"savedAtMs":0,"serverId":"a","forgotten":0}\n{"type":\n{}\n',
    ],
  ])('that %s is told in a sentence, and the page goes on', async (_, contents) => {
    const file = join(tempFolder(), 'odd.jsonl');
    writeFileSync(file, contents);
    const { link } = await anInspector(aWorld());
    const seen = inspectorPage((await openTab(link)).page);
    const open = async (path: string) => {
      const choosing = seen.page.waitForEvent('filechooser');
      await seen.page.getByRole('button', { name: 'Open' }).click();
      await (await choosing).setFiles(path);
    };
    await open(file);
    await seen.page.getByRole('alert').filter({ hasText: 'odd.jsonl' }).waitFor();
    await open(aRecording('lifecycle'));
    await seen.untilActive('stopped');
  });
});
