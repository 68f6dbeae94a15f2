import { once } from 'node:events';
import { mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { sweepDeadSockets } from '../../../src/services/inspection/sweep-dead-sockets.ts';
import { aStateFolder } from '../../doubles/server-records.ts';

it('Sockets of dead servers go; those of the living, and what is no socket, stay', async () => {
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
  const sweep = () => sweepDeadSockets({ folder, serverId: 'me', reader: { liveServerIds: () => new Set(['live']) } });
  sweep();
  expect(readdirSync(folder.socketsDir).sort()).toEqual(['dead.json', 'file.sock', 'live.sock', 'me.sock']);
  sweep();
});

it('Where no server has ever been there is nothing to sweep', () => {
  const folder = { socketsDir: `${aStateFolder().dir}/nowhere` };
  sweepDeadSockets({ folder, serverId: 'me', reader: { liveServerIds: () => new Set() } });
});
