import { expect } from 'vitest';
import { outputOf, type SpawnedServer } from './spawned-server.ts';

/** The parts of a `kitchen_status` answer that tests check. */
export interface Status {
  readonly state: string;
  readonly calls: { readonly in_flight: number; readonly waiting: readonly unknown[] };
  readonly degraded: readonly { readonly what: string; readonly cause: string }[];
  readonly tasks: Readonly<Record<string, { readonly status: string; readonly cause: string | null }>>;
}

const patience = { timeout: 20_000 };

/** Calls `kitchen_status` until the answer matches. Rejects when the server ends first. */
export async function untilStatus(server: SpawnedServer, isIt: (status: Status) => boolean): Promise<Status> {
  let found: Status | null = null;
  const isFound = async () => {
    if (!server.isAlive) return true;
    const status = outputOf(await server.callTool('kitchen_status')) as unknown as Status;
    if (isIt(status)) found = status;
    return found !== null;
  };
  await expect.poll(isFound, patience).toBe(true);
  if (found === null) throw new Error('the server ended before its status matched');
  return found;
}

export const untilReady = (server: SpawnedServer): Promise<Status> =>
  untilStatus(server, ({ state }) => state === 'ready');
