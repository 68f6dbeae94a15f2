import { showsOurPids } from '../process-identity.ts';
import { createGroupTable } from './group-table.ts';
import { createProcTable } from './proc-table.ts';
import type { ProcessTable } from './process-table.ts';
import { createPsTable } from './ps-table.ts';

/**
 * Linux has `/proc`. Other systems have `ps`, which knows groups and parents, but no marks. Where there is neither, as in some
 * sandboxes, only the groups of our own programs are known.
 */
export function createProcessTable(procDir = '/proc', platform: NodeJS.Platform = process.platform): ProcessTable {
  if (showsOurPids(procDir)) return createProcTable(procDir);
  // There, ps reads `/proc` too.
  if (platform === 'linux') return createGroupTable();
  const table = createPsTable();
  try {
    table.readNow();
    return table;
  } catch {
    return createGroupTable();
  }
}
