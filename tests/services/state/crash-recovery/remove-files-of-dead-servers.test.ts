import { once } from 'node:events';
import { mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { removeSocketsOfDeadServers } from '../../../../src/services/state/crash-recovery/remove-files-of-dead-servers.ts';
import { aStateFolder } from '../../../doubles/server-records.ts';

it('Sockets of dead servers are removed; sockets of live servers and other files stay', async () => {
  const folder = aStateFolder();
  mkdirSync(folder.socketsDir);
  const at = (name: string) => `${folder.socketsDir}/${name}`;
  for (const name of ['dead.sock', 'live.sock', 'me.sock', '.half.sock.tmp']) {
    const server = createServer().listen(at('bound'));
    await once(server, 'listening');
    renameSync(at('bound'), at(name));
    onTestFinished(() => void server.close());
  }
  writeFileSync(at('file.sock'), '');
  writeFileSync(at('dead.json'), '');
  const remove = () => removeSocketsOfDeadServers({ folder, liveServerIds: () => new Set(['live', 'me']) });
  remove();
  expect(readdirSync(folder.socketsDir).sort()).toEqual(['dead.json', 'file.sock', 'live.sock', 'me.sock']);
  remove();
});

it('A folder of sockets that does not exist is empty', () => {
  const folder = { ...aStateFolder(), socketsDir: `${aStateFolder().dir}/nowhere` };
  removeSocketsOfDeadServers({ folder, liveServerIds: () => new Set() });
});
