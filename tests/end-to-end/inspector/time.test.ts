import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tempFolder } from '../../doubles/temp-folder.ts';
import { openTab } from '../../support/a-browser.ts';
import { aRecording } from '../../support/a-recording.ts';
import { anInspector } from '../../support/an-inspector.ts';
import { inspectorPage } from '../../support/inspector-page.ts';
import { openScene } from '../../support/open-scene.ts';
import { untilReady } from '../../support/server-status.ts';
import { aWorld, spawnServer } from '../../support/spawned-server.ts';
import { statesIn } from '../../support/states-in.ts';

const patience = { timeout: 20_000 };

describe('The slider', () => {
  it('shows each state of a recorded life, and names it as the phase, even if several phases began at the same time', async () => {
    const seen = await openScene('lifecycle');
    const phase = seen.page.locator('.phase-now');
    const states = statesIn(aRecording('lifecycle'));
    expect(new Set(states.map(({ active }) => active[0]))).toEqual(
      new Set(['compose', 'openTransport', 'deferredInit', 'ready', 'draining', 'shutdown', 'stopped']),
    );
    for (const { moment, active } of states) {
      await seen.goTo(moment);
      await seen.untilActive(...active);
    }
    for (let position = 280; position <= 307; position += 3) {
      await seen.goTo(position);
      const [active] = await seen.activeStates();
      expect(await phase.textContent()).toBe(active);
    }
  });

  it('shows the chosen actor as it was; before it was created its parent, and where it began', async () => {
    const seen = await openScene('lifecycle');
    const file = aRecording('lifecycle');
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
    await seen.goTo(3);
    await seen.untilShown('task.backend does not exist yet. This is lifecycle, which started it later.');
    await seen.page.getByRole('tree', { name: 'Chart lifecycle' }).waitFor();
    await seen.page.getByRole('tree', { name: 'Context of lifecycle' }).waitFor();
    await seen.page.getByRole('button', { name: 'Go to where it began' }).click();
    await seen.page.getByRole('tree', { name: 'Chart task.backend' }).waitFor();
    expect(await seen.page.locator('.absent').count()).toBe(0);
    const began = await seen.position();
    await seen.goTo(began - 1);
    await seen.untilShown('does not exist yet');
  });

  it('says that it knows no actor before the first one, and goes to where that one, or the chosen one, began', async () => {
    const seen = await openScene('calls');
    await seen.page.getByRole('tree', { name: 'Chart lifecycle' }).waitFor();
    await seen.goTo(1);
    await seen.untilShown('No actor is known at this moment.');
    await seen.page.getByRole('button', { name: 'Go to where the first one began' }).click();
    await seen.page.getByRole('tree', { name: 'Chart lifecycle' }).waitFor();
    await seen.page.keyboard.press('l');
    await seen.actor('npm test').first().click();
    await seen.page.getByRole('tree', { name: 'Chart npm test' }).waitFor();
    await seen.goTo(1);
    await seen.page.getByRole('button', { name: 'Go to where npm test began' }).click();
    await seen.page.getByRole('tree', { name: 'Chart npm test' }).waitFor();
  });

  it('shows events, their sequence and start-up as they were; a button goes to the end', async () => {
    const seen = await openScene('lifecycle');
    const events = seen.page.getByRole('listbox', { name: 'Events', exact: true }).getByRole('option');
    const sequence = seen.page.getByRole('listbox', { name: 'Events between actors' }).getByRole('option');
    const [{ moment } = { moment: 0 }] = statesIn(aRecording('lifecycle')).filter(
      ({ active }) => active[0] === 'draining',
    );
    await expect.poll(() => events.last().innerText(), patience).toContain('The server has ended.');
    await seen.goTo(moment);
    await expect.poll(() => seen.page.locator('.phase-now').innerText(), patience).toBe('draining');
    await expect.poll(() => events.last().innerText(), patience).toMatch(/SHUTDOWN_TRIGGERED|created/);
    await seen.page.getByRole('tab', { name: 'Sequence' }).click();
    await expect.poll(() => sequence.last().innerText(), patience).toContain('SHUTDOWN_TRIGGERED');
    await seen.page.getByRole('button', { name: 'End' }).click();
    await expect.poll(() => sequence.last().innerText(), patience).toContain('closeTransport done');
    await expect.poll(() => seen.page.locator('.phase-now').innerText(), patience).toBe('stopped');
    await seen.untilActive('stopped');
  });

  it('goes back while the server continues, and Live returns, to the end once the server is gone; what is saved then shows the same in an inspector without servers', async () => {
    const server = spawnServer({ args: ['--inspect'] });
    await server.initialize();
    await untilReady(server);
    const { link } = await anInspector(server.world);
    const seen = inspectorPage((await openTab(link)).page);
    await seen.untilActive('ready');
    await seen.untilShown(/Recorded from the start/);
    expect(await seen.isLive()).toBe(true);
    const toEnd = seen.page.locator('.go-live');
    await expect.poll(() => toEnd.innerHTML()).toMatch(/sign active.*Live/);
    await seen.goTo(3);
    await seen.untilActive('deferredInit');
    await server.leave();
    await seen.untilShown('The server has ended.');
    expect(await seen.activeStates()).toEqual(['deferredInit']);
    expect(await seen.isLive()).toBe(false);
    await seen.page.getByRole('button', { name: 'End', exact: true }).click();
    await seen.untilActive('stopped');
    expect(await seen.isLive()).toBe(true);
    expect(await toEnd.innerHTML()).not.toContain('active');

    const downloading = seen.page.waitForEvent('download');
    await seen.page.getByRole('button', { name: 'Save' }).click();
    const download = await downloading;
    expect(download.suggestedFilename()).toMatch(/^maitred-project-.*\.jsonl$/);
    const file = join(tempFolder(), 'saved.jsonl');
    await download.saveAs(file);
    const other = inspectorPage((await openTab((await anInspector(aWorld(), file)).link)).page);
    await other.untilActive('stopped');
    const moments = statesIn(file);
    expect(moments.length).toBeGreaterThan(3);
    for (const { moment, active } of moments) {
      await other.goTo(moment);
      await other.untilActive(...active);
    }
  });
});

describe('The arrow keys', () => {
  it('step from transition to transition, back and forward; L returns to the present, and so does the step after the last transition', async () => {
    const seen = await openScene('lifecycle');
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
    expect(await seen.isLive()).toBe(true);
    await seen.page.keyboard.press('ArrowLeft');
    await expect.poll(() => seen.isLive()).toBe(false);
    for (const _ of [1, 2]) await seen.page.keyboard.press('ArrowRight');
    await expect.poll(() => seen.isLive()).toBe(true);
  });

  it('step by transitions also after a click on the bar', async () => {
    const seen = await openScene('lifecycle');
    const { width = 0 } = (await seen.slider.boundingBox()) ?? {};
    await seen.slider.click({ position: { x: width / 2, y: 8 } });
    const clicked = await seen.position();
    await seen.page.keyboard.press(',');
    const before = await seen.position();
    expect(before).toBeLessThan(clicked - 1);
    await seen.goTo(clicked);
    await seen.slider.focus();
    await seen.page.keyboard.press('ArrowLeft');
    expect(await seen.position()).toBe(before);
  });

  it('step by transitions of the chosen actor, and with Shift of any actor', async () => {
    const seen = await openScene('lifecycle');
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
});
