import { expect, it } from 'vitest';
import { createActor } from 'xstate';
import { anInspectedServer } from '../../fixtures/an-inspected-server.ts';
import {
  allSecrets,
  callWithSecrets,
  inputWithSecrets,
  knownSecrets,
  planted,
  secretKeeper,
  shownBesideSecrets,
} from '../../fixtures/secret-keeper.ts';
import { openTab } from '../../support/a-browser.ts';
import { anInspector } from '../../support/an-inspector.ts';
import { inspectorPage } from '../../support/inspector-page.ts';
import { inspectOurselves } from '../../support/planted-server.ts';
import { aWorld } from '../../support/spawned-server.ts';

it('The page of an inspector receives no secret, wherever a chart keeps it', async () => {
  const world = aWorld();
  const server = anInspectedServer({
    projectDir: `/home/${planted('Name')}`,
    env: { SOME_PASSWORD: knownSecrets.inEnvironment },
    secrets: [knownSecrets.byValue],
  });
  inspectOurselves(world, server);
  const actor = createActor(secretKeeper, { input: inputWithSecrets });
  server.show('test', actor);
  actor.start();
  callWithSecrets(server.callLog);

  const { link } = await anInspector(world);
  const tab = await openTab(link, { keepsResponses: true });
  const seen = inspectorPage(tab.page);
  await seen.untilActive('waiting');
  actor.send({ type: 'GO', detail: planted('Event') });
  await seen.untilActive('ended');
  const received = await tab.received();
  for (const shown of shownBesideSecrets) expect(received).toContain(shown);
  for (const secret of allSecrets) expect(received).not.toContain(secret);
  const page = await tab.page.content();
  for (const secret of allSecrets) expect(page).not.toContain(secret);
});
