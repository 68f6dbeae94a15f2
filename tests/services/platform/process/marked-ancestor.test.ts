import { expect, it } from 'vitest';
import { hasMarkedAncestor } from '../../../../src/services/platform/process/marked-ancestor.ts';

const row = (pid: number, parentPid: number) => ({ pid, parentPid, sessionId: 1, startTicks: pid });

it.each([
  ['a process that a server started', 40, true],
  ['a process below it, although the mark was cleared', 50, true],
  ['a process beside it', 30, false],
  ['a process that cannot be seen', 99, false],
])('%s is below a server or not', (_, pid, isBelow) => {
  const table = {
    readNow: () => [row(1, 0), row(30, 1), row(40, 30), row(50, 40)],
    ownerMarkOf: (of: { pid: number }) => (of.pid === 1 ? 'unknown' : { mark: of.pid === 40 ? 'server.1' : null }),
  } as const;
  expect(hasMarkedAncestor(pid, table)).toBe(isBelow);
});
