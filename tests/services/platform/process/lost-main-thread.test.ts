import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { aProcessService, aSpec, neverStopped } from './a-process-service.ts';
import { bearersOf, familyOf, isStillThere, often } from './read-processes.ts';

/** Of exit(2), which ends one thread; perl's own exit ends the process. */
const exitNumber = { x64: 60, arm64: 93 }[process.arch as string];
const hasThreads = spawnSync('perl', ['-Mthreads', '-e', '1']).status === 0;

/** Its main thread ends, and another one lives: to the system it is a zombie with threads. */
const threadless = `perl -Mthreads -e '
  threads->create(sub {
    select undef, undef, undef, 0.01 until \`cut -d" " -f3 /proc/$$/stat\` =~ /Z/;
    open my $up, ">", "up"; print $up "\\n"; close $up;
    sleep 100 });
  syscall ${exitNumber}, 0'`;

describe.runIf(exitNumber !== undefined && hasThreads)('A program that has lost its main thread', () => {
  it('is ended when it is cancelled', async () => {
    const service = aProcessService();
    const controller = new AbortController();
    const script = `mkfifo up; ( read -r _ < up; echo "ready $$" ) & exec ${threadless}`;
    const outcome = service.processes.run(aSpec(service, script), { signal: controller.signal });
    const pid = await service.readyPid();
    const family = familyOf(pid, service.serverId);
    service.endAlso(family);
    expect(family.filter(isStillThere).map((seen) => [seen.pid, seen.state])).toContainEqual([pid, 'Z']);
    controller.abort();
    await expect.poll(() => family.filter(isStillThere), often).toEqual([]);
    expect(await outcome).toMatchObject({ reason: 'cancelled', exit: { code: null, signal: 'SIGTERM' } });
  });

  it('is ended with the program that started it', async () => {
    const service = aProcessService();
    const script = `mkfifo up; ${threadless} & read -r _ < up; echo "ready $$"; exit 7`;
    const outcome = await service.processes.run(aSpec(service, script), { signal: neverStopped() });
    expect(bearersOf(service.serverId)).toEqual([]);
    expect(outcome).toMatchObject({ reason: 'exited', exit: { code: 7, signal: null }, others: 1 });
  });
});
