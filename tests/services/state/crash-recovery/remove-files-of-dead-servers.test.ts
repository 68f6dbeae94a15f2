import { once } from 'node:events';
import { mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import {
  removeCopiesOfDeadServers,
  removeSocketsOfDeadServers,
} from '../../../../src/services/state/crash-recovery/remove-files-of-dead-servers.ts';
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

it('Copies of databases of dead servers are removed; copies of live servers and other folders stay', async () => {
  const folder = aStateFolder();
  const copies = ['dead.a1B2c3', 'live.a1B2c3', 'me.a1B2c3', 'other'];
  for (const name of copies) mkdirSync(`${folder.databasesDir}/${name}`, { recursive: true });
  writeFileSync(`${folder.databasesDir}/dead.a1B2c4`, '');
  const remove = () => removeCopiesOfDeadServers({ folder, liveServerIds: () => new Set(['live', 'me']) });
  expect(await remove()).toBe(1);
  expect(readdirSync(folder.databasesDir).sort()).toEqual(['dead.a1B2c4', ...copies.slice(1)]);
  expect(await remove()).toBe(0);
});
