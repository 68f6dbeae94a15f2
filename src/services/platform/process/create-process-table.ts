import { existsSync } from 'node:fs';
import { createProcTable } from './proc-table.ts';
import type { ProcessTable } from './process-table.ts';
import { createPsTable } from './ps-table.ts';

/** Linux has `/proc`. Other systems have `ps`, which knows groups and parents, but no marks. */
export function createProcessTable(procDir = '/proc'): ProcessTable {
  return existsSync(`${procDir}/${process.pid}/stat`) ? createProcTable(procDir) : createPsTable();
}
