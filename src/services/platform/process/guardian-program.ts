import { hastyGraceMs } from '../../../domain/child-process.ts';
import { createProcessTable } from './create-process-table.ts';
import { endOwned } from './end-owned.ts';
import { createOwnedProcesses } from './find-owned.ts';

/* The program that guardian.ts starts when a server has died without a farewell. */

async function endWhatIsLeft(serverId: string): Promise<void> {
  // Whoever ends the server's processes one by one does not end this one before them.
  for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);
  const table = createProcessTable();
  const owned = createOwnedProcesses(table, { mark: serverId, root: null });
  const limits = { settleMs: 0, graceMs: hastyGraceMs };
  const survivors = await endOwned(table, owned, { limits, signal: new AbortController().signal });
  process.exitCode = survivors.length === 0 ? 0 : 1;
}

const serverId = process.argv[2];
if (serverId) void endWhatIsLeft(serverId);
