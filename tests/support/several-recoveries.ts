import { expect } from 'vitest';
import { aMarkedWorld } from './marked-world.ts';
import { crashTracesIn, settledIn } from './planted-crash-traces.ts';
import { untilReady } from './server-status.ts';
import { spawnServer } from './spawned-server.ts';

/** Starts three servers at once on the files of dead ones, and expects that each is settled once. */
export async function expectSettledOnce(counts: { readonly servers: number; readonly sessions: number }) {
  const world = aMarkedWorld();
  const traces = crashTracesIn(world);
  traces.plant(counts);
  const servers = [1, 2, 3].map(() => spawnServer({ world }));
  const settle = servers.map(async (server) => {
    await server.initialize();
    return (await untilReady(server)).tasks.recovery;
  });
  const done = expect.objectContaining({ status: 'done', cause: null });
  expect(await Promise.all(settle)).toEqual([done, done, done]);
  for (const server of servers) expect(await server.leave()).toEqual({ code: 0, signal: null });
  expect(settledIn(world)).toEqual({
    serverIds: [...traces.serverIds].sort(),
    sessionDirs: [...traces.sessionDirs].sort(),
    sessionLines: [...traces.sessionDirs].sort(),
    unsettled: [],
  });
}
