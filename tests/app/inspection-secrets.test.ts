import { expect, it, onTestFinished } from 'vitest';
import { createActor } from 'xstate';
import { listenForWatchers } from '../../src/services/inspection/listen-for-watchers.ts';
import { watchServer } from '../../src/services/inspection/watch-server.ts';
import { tempFolder } from '../doubles/temp-folder.ts';
import { anInspectedServer } from '../fixtures/an-inspected-server.ts';
import {
  allSecrets,
  callWithSecrets,
  inputWithSecrets,
  knownSecrets,
  planted,
  secretKeeper,
  shownBesideSecrets,
} from '../fixtures/secret-keeper.ts';

it('Nothing that leaves the process holds a secret, wherever a chart keeps it', async () => {
  const server = anInspectedServer({
    projectDir: `/home/${planted('Name')}`,
    env: { SOME_PASSWORD: knownSecrets.inEnvironment },
    secrets: [knownSecrets.byValue],
  });
  server.record('greeting');
  const path = `${tempFolder()}/a.sock`;
  const { platform } = process;
  const onProblem = () => undefined;
  onTestFinished(listenForWatchers({ path, platform, onProblem, onWatcher: (one) => server.inspection?.admit(one) }));

  const actor = createActor(secretKeeper, { input: inputWithSecrets });
  server.show('test', actor);
  let said = '';
  let left = 0;
  const ended = new Promise<void>((resolve) => actor.subscribe({ complete: resolve }));
  actor.subscribe(({ value }) => {
    if (value === 'waiting') queueMicrotask(() => actor.send({ type: 'GO', detail: planted('Event') }));
  });
  actor.start();
  callWithSecrets(server.callLog);
  await ended;
  server.inspection?.leave();
  const ending = new AbortController();
  onTestFinished(() => ending.abort());
  for await (const { line, message } of watchServer(path, platform, ending.signal)) {
    said += `${line}\n`;
    left = message.type === 'maitred.hello' ? message.recording.messages : left - 1;
    if (left === 0) break;
  }
  for (const shown of shownBesideSecrets) expect(said).toContain(shown);
  for (const secret of allSecrets) expect(said).not.toContain(secret);
});
