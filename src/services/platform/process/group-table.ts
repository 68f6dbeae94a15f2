import type { ProcessRow, ProcessTable } from './process-table.ts';
import { sendSignal } from './send-signal.ts';

/**
 * For systems that show no processes, such as a sandbox without `/proc`. It knows the programs that it was asked to `find`, each with
 * the group that it leads, which gets its signals. As in kill(2), a negative pid is a group, whose leader has ended. What leaves its
 * group is not found. A zombie looks alive, so a group that was killed counts as gone.
 */
export function createGroupTable(): ProcessTable {
  const leaders = new Set<number>();
  const isAlive = ({ pid }: { readonly pid: number }) => leaders.has(Math.abs(pid)) && sendSignal(-Math.abs(pid), 0);
  const readNow = () => {
    const living: ProcessRow[] = [];
    for (const leader of leaders) {
      if (!isAlive({ pid: leader })) leaders.delete(leader);
      else {
        const pid = sendSignal(leader, 0) ? leader : -leader;
        living.push({ pid, parentPid: process.pid, sessionId: leader, startTicks: 0 });
      }
    }
    return living;
  };
  return {
    read: async () => readNow(),
    readNow,
    hasNoneSince: () => false,
    find(pid) {
      leaders.add(pid);
      return isAlive({ pid }) ? { pid, startTicks: 0 } : null;
    },
    isAlive,
    ownerMarkOf: () => ({ mark: null }),
    signal(row, signal) {
      if (isAlive(row)) sendSignal(-Math.abs(row.pid), signal);
      if (signal === 'SIGKILL') leaders.delete(Math.abs(row.pid));
    },
  };
}
