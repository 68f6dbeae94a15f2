import { expect } from 'vitest';
import { aMarkedWorld } from './marked-world.ts';
import { remainsIn, settledIn } from './planted-crash-traces.ts';
import { untilReady } from './server-status.ts';
import { spawnServer } from './spawned-server.ts';

/** Starts three servers at once on what so many have left, and compares what has become of it. */
export async function expectSettledOnce(counts: { readonly servers: number; readonly sessions: number }) {
  const world = aMarkedWorld();
  const remains = remainsIn(world);
  remains.plant(counts);
  const servers = [1, 2, 3].map(() => spawnServer({ world }));
  const settle = servers.map(async (server) => {
    await server.initialize();
    return (await untilReady(server)).tasks.recovery;
  });
  const done = expect.objectContaining({ status: 'done', cause: null });
  expect(await Promise.all(settle)).toEqual([done, done, done]);
  for (const server of servers) expect(await server.leave()).toEqual({ code: 0, signal: null });
  expect(settledIn(world)).toEqual({
    serverIds: [...remains.serverIds].sort(),
    sessionDirs: [...remains.sessionDirs].sort(),
    sessionLines: [...remains.sessionDirs].sort(),
    unsettled: [],
  });
}
