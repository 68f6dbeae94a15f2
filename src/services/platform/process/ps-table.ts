import { execFile, execFileSync } from 'node:child_process';
import { promisify } from 'node:util';
import type { ProcessRow, ProcessTable } from './process-table.ts';
import { sendSignal } from './send-signal.ts';

const psArguments = ['-A', '-o', 'pid=,ppid=,pgid=,stat=,lstart='];
const options = { encoding: 'utf8', env: { PATH: '/bin:/usr/bin', LC_ALL: 'C', TZ: 'UTC' }, timeout: 5_000 } as const;

/**
 * Reads `ps`, for systems without `/proc`. A process that has left its group *and* its parents is not found. The group is used as
 * the session, which ps does not show on macOS. Start times are seconds since the epoch.
 */
export function createPsTable(): ProcessTable {
  return {
    read: async () => rowsIn((await promisify(execFile)('ps', psArguments, options)).stdout),
    readNow: rowsNow,
    hasNoneSince: () => false,
    find: (pid) => rowsNow().find((row) => row.pid === pid) ?? null,
    isAlive: ({ pid }) => sendSignal(pid, 0),
    ownerMarkOf: () => ({ mark: null }),
    signal: ({ pid }, signal) => void sendSignal(pid, signal),
  };
}

const rowsNow = () => rowsIn(execFileSync('ps', psArguments, { ...options, stdio: ['ignore', 'pipe', 'ignore'] }));

function rowsIn(text: string): ProcessRow[] {
  return text.split('\n').flatMap((line) => {
    const [, pid, parentPid, groupId, state, start] = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(.+)$/.exec(line) ?? [];
    if (start === undefined || state?.startsWith('Z') || Number(pid) === process.pid) return [];
    const startTicks = Math.floor(Date.parse(`${start} UTC`) / 1_000);
    return [{ pid: Number(pid), parentPid: Number(parentPid), sessionId: Number(groupId), startTicks }];
  });
}
