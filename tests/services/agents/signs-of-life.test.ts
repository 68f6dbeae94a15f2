import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createSignsOfLife } from '../../../src/services/agents/signs-of-life.ts';
import { createProcessTable } from '../../../src/services/platform/process/create-process-table.ts';
import { tempFolder } from '../../doubles/temp-folder.ts';
import { aProcessService, aSpec } from '../platform/process/a-process-service.ts';
import { aProcessTable, aRow } from '../platform/process/a-process-table.ts';
import { bearersOf } from '../platform/process/read-processes.ts';

/** The agent is 10; it has started 11, and 12 in a session of its own, which has started 13. 20 is of somebody else. */
const agent = 10;
const rows = [
  aRow(agent, { sessionId: agent }),
  aRow(11, { parentPid: 1, sessionId: agent }),
  aRow(12, { parentPid: agent, sessionId: 12 }),
  aRow(13, { parentPid: 12, sessionId: 12 }),
  aRow(20),
];

/** What the system shows of the processes: their times of the CPU, in ticks, and their connections. */
function aSystem() {
  const procDir = tempFolder();
  mkdirSync(`${procDir}/net`);
  for (const { pid } of rows) mkdirSync(`${procDir}/${pid}/fd`, { recursive: true });
  return {
    life: createSignsOfLife(aProcessTable(rows), agent, procDir),
    use(pid: number, user: number, system: number) {
      const before = Array.from({ length: 11 }, () => '0').join(' ');
      writeFileSync(`${procDir}/${pid}/stat`, `${pid} (a ) name) ${before} ${user} ${system} 0 0`);
    },
    /** @param remote as the kernel writes it: an address, and the port in hexadecimal */
    connect(pid: number, { table = 'tcp', remote = '0100007F:01BB', state = '01' } = {}) {
      const row = `   0: 0100007F:A1B2 ${remote} ${state} 00000000:00000000 00:00000000 00000000  1000        0 4711 1`;
      writeFileSync(`${procDir}/net/${table}`, `  sl  local_address rem_address   st …\n${row}\n`);
      symlinkSync('/dev/null', `${procDir}/${pid}/fd/0`);
      symlinkSync('socket:[4711]', `${procDir}/${pid}/fd/3`);
    },
  };
}

describe('A session', () => {
  it.each([
    ['that works in its session', 11, 'busy'],
    ['that has left its session', 12, 'busy'],
    ['that one of those has started', 13, 'busy'],
    ['that is the agent itself', agent, null],
    ['that is not its own', 20, null],
  ])('is at work by a busy process %s: %s → %s', async (_, pid, sign) => {
    const { life, use } = aSystem();
    for (const row of rows) use(row.pid, 100, 100);
    expect(await life.look()).toBeNull();
    use(pid, 500, 100);
    expect(await life.look()).toBe(sign);
    expect(await life.look()).toBeNull();
  });

  it('is at work by time in the kernel too, but not by what a process did before it was first seen', async () => {
    const { life, use } = aSystem();
    use(12, 0, 0);
    expect(await life.look()).toBeNull();
    use(12, 0, 400);
    expect(await life.look()).toBe('busy');
    expect(await aSystem().life.look()).toBeNull();
  });

  it.each([
    ['of the agent itself', agent, {}, 'connection'],
    ['of a process that it has started', 13, {}, 'connection'],
    ['over IPv6', agent, { table: 'tcp6', remote: '00000000000000000000000001000000:01BB' }, 'connection'],
    ['of another process', 20, {}, null],
    ['to another port', agent, { remote: '0100007F:1F90' }, null],
    ['that is not established yet', agent, { state: '02' }, null],
  ])('is at work by a connection to port 443 %s', async (_, pid, connection, sign) => {
    const { life, connect } = aSystem();
    connect(pid, connection);
    expect(await life.look()).toBe(sign);
  });

  it('shows no sign where the system shows nothing', async () => {
    const life = createSignsOfLife(aProcessTable(rows), agent, `${tempFolder()}/none`);
    expect(await life.look()).toBeNull();
    expect(await life.look()).toBeNull();
  });

  it('is seen at work on a real system while a program that it started computes, and not while that waits', async () => {
    const service = aProcessService();
    const stop = new AbortController();
    const running = service.processes.run(
      aSpec(service, 'echo ready $$; while [ ! -e quiet ]; do :; done & wait; sleep 100'),
      {
        signal: stop.signal,
      },
    );
    const life = createSignsOfLife(createProcessTable(), await service.readyPid());
    await expect.poll(life.look).toBe('busy');
    writeFileSync(`${service.dir}/quiet`, '');
    await expect.poll(() => bearersOf(service.serverId).map(({ command }) => command)).toContain('sleep 100');
    expect(await life.look()).toBeNull();
    stop.abort();
    await running;
  });
});
