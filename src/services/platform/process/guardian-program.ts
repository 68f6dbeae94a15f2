import { shortGraceMs } from '../../../domain/child-process.ts';
import { createProcessTable } from './create-process-table.ts';
import { endOwned } from './end-owned.ts';
import { ownedByServer } from './owned-processes.ts';
import type { SameProcess } from './process-table.ts';

/* The program that guardian.ts starts when a server died without dismissing it. */

async function endProcessesOf(serverId: string, programs: readonly SameProcess[]): Promise<void> {
  // A person or program that ends the server's processes one by one must not end this one first.
  for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);
  const table = createProcessTable();
  // A table of groups knows only what it was asked for.
  for (const { pid } of programs) table.find(pid);
  const owned = ownedByServer(table, serverId, programs);
  const limits = { settleMs: 0, graceMs: shortGraceMs };
  const survivors = await endOwned(table, owned, { limits, signal: new AbortController().signal });
  process.exitCode = survivors.length === 0 ? 0 : 1;
}

const [serverId, ...programs] = process.argv.slice(2);
if (serverId) void endProcessesOf(serverId, programs.map(programOf));

/** `<pid>:<start>` */
function programOf(text: string): SameProcess {
  const [pid = 0, startTicks = 0] = text.split(':').map(Number);
  return { pid, startTicks };
}
