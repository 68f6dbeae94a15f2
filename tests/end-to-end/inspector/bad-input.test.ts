import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createActor, createMachine } from 'xstate';
import { anInspectedServer } from '../../fixtures/an-inspected-server.ts';
import { openTab } from '../../support/a-browser.ts';
import { anInspector } from '../../support/an-inspector.ts';
import { inspectorPage } from '../../support/inspector-page.ts';
import { inspectOurselves, plantServer } from '../../support/planted-server.ts';
import { aWorld, type World } from '../../support/spawned-server.ts';

it('A link without the token, or with a wrong one, shows a sentence that says which link to use, and nothing else', async () => {
  const { link } = await anInspector(aWorld());
  for (const wrong of [link.replace(/token=[^&]+/, 'token=wrong'), new URL(link).origin]) {
    const tab = await openTab(wrong);
    tab.expectComplaint(/403/);
    expect(await tab.page.locator('body').innerText()).toContain('maitred inspect');
    expect(await tab.page.locator('script').count()).toBe(0);
  }
});

describe('A watched server', () => {
  it('that sends garbage is reported, and the inspector continues', async () => {
    const world = aWorld();
    const path = plantServer(world, 'garbage');
    const server = createServer((socket) => void socket.on('error', () => undefined).end('not json at all\n'));
    server.listen(path);
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const { link } = await anInspector(world);
    const seen = inspectorPage((await openTab(link)).page);
    await seen.untilShown(/is not from a maitred server/);
  });

  it('may send 10,000 messages a second: the page stays responsive, and reports missing messages', async () => {
    const world = aWorld();
    const flood = aFlood(world);
    const { link } = await anInspector(world);
    const seen = inspectorPage((await openTab(link)).page);
    await seen.untilActive('on');
    await flood.send(5_000);
    await seen.page.keyboard.press('ArrowLeft');
    await expect.poll(() => seen.isLive()).toBe(false);
    await seen.page.keyboard.press('l');
    await expect.poll(() => seen.isLive()).toBe(true);
    flood.sendAtOnce(7_000);
    await seen.untilShown('messages are missing');
    flood.last();
    await seen.untilActive('ended');
  });
});

/** A chart in this process, recorded with a server's inspection. */
function aFlood(world: World) {
  const machine = createMachine({
    id: 'toggle',
    context: { note: 'as much as a small chart has to say '.repeat(4) },
    initial: 'on',
    states: { on: { on: { TOGGLE: 'off', END: 'ended' } }, off: { on: { TOGGLE: 'on', END: 'ended' } }, ended: {} },
  });
  const server = anInspectedServer();
  inspectOurselves(world, server);
  const actor = createActor(machine);
  server.show('flood', actor);
  actor.start();
  return {
    /** Sends this number of events, 5,000 a second; each is three messages. */
    async send(events: number): Promise<void> {
      for (let sent = 0; sent < events; sent += 50) {
        for (let at = 0; at < 50; at += 1) actor.send({ type: 'TOGGLE' });
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    },
    /** Sends more than a server keeps for a slow watcher. */
    sendAtOnce(events: number): void {
      for (let sent = 0; sent < events; sent += 1) actor.send({ type: 'TOGGLE' });
    },
    last: () => actor.send({ type: 'END' }),
  };
}
