import { setTimeout as wait } from 'node:timers/promises';
import { type Running, start, startAndList } from './driver.mts';
import { type Figure, figure, interleave } from './figure.mts';
import { type Kit, place } from './kit.mts';
import { median } from './statistics.mts';

const warmUps = 3;
const leastRounds = 10;
const runsPerRound = 11;
const children = 200;
const watchedMs = 5_000;
/** The code of a new server or program is still being compiled. */
const settleMs = 3_000;
const gib = 1_024 ** 3;

/** The cost of owned processes: one short program, many waiting programs, and one with much output. */
export async function measureProcesses(kit: Kit): Promise<Figure[]> {
  return [...(await measureShort(kit)), await measureMany(kit), await measureLongOutput(kit)];
}

async function openKitchen(
  kit: Kit,
  name: string,
  args: readonly string[] = [],
): Promise<{ server: Running; cwd: string }> {
  const at = place(kit, name, { args });
  const { server } = await startAndList(at);
  await server.ask('tools/call', { name: 'open_kitchen', arguments: {} });
  return { server, cwd: at.cwd };
}

async function runCommand(
  server: Running,
  cwd: string,
  cmd: string,
): Promise<{ stdout_cut: { size_bytes: number } | null }> {
  const { line } = await server.ask('tools/call', { name: 'run_cmd', arguments: { cmd, cwd } });
  const { result } = JSON.parse(line) as { result: { content: [{ text: string }] } };
  const answer = JSON.parse(result.content[0].text) as { success: boolean; stdout_cut: { size_bytes: number } | null };
  if (!answer.success) throw new Error(`${cmd} failed: ${line.slice(0, 500)}`);
  return answer;
}

async function measureShort(kit: Kit): Promise<Figure[]> {
  const { server, cwd } = await openKitchen(kit, 'short');
  const floor = start({ args: [`${import.meta.dirname}/floor/spawn.mjs`], cwd, env: {}, clientName: '' });
  /** The median of runs in a row, as a pipeline runs them. */
  const medianOf = (work: () => Promise<unknown>) => async () => {
    const ms: number[] = [];
    for (let run = 0; run < runsPerRound; run += 1) {
      const beganMs = performance.now();
      await work();
      ms.push(performance.now() - beganMs);
    }
    return median(ms);
  };
  const subjects = {
    bash: medianOf(() => floor.ask('spawn', { command: ['bash', '-c', 'true'] })),
    bare: medianOf(() => floor.ask('spawn', { command: ['true'] })),
    runCmd: medianOf(() => runCommand(server, cwd, 'true')),
  };
  await interleave(warmUps, subjects);
  const ms = await interleave(Math.max(leastRounds, kit.pairs), subjects);
  await Promise.all([server.leave(), floor.kill()]);
  const over = (floor: readonly number[]) => ms.runCmd.map((value, round) => value - (floor[round] ?? Number.NaN));
  const details = (floor: readonly number[]) => `${median(ms.runCmd).toFixed(2)} over ${median(floor).toFixed(2)} ms`;
  return [
    figure('true through run_cmd, over spawn of bash -c true', 'ms', over(ms.bash), { atMost: 3 }, details(ms.bash)),
    figure('   over spawn of true without a shell', 'ms', over(ms.bare), null, details(ms.bare)),
  ];
}

async function measureMany(kit: Kit): Promise<Figure> {
  const { server, cwd } = await openKitchen(kit, 'many', ['--set', `wire.max_in_flight=${children}`]);
  const shareOfACore = async () => {
    const [beganMs, cpuMs] = [performance.now(), server.cpuMs()];
    await wait(watchedMs);
    return (100 * (server.cpuMs() - cpuMs)) / (performance.now() - beganMs);
  };
  const shares = async () => {
    await wait(settleMs);
    const values: number[] = [];
    for (let round = 0; round < kit.rounds; round += 1) values.push(await shareOfACore());
    return values;
  };
  const idle = await shares();
  const calls = Array.from({ length: children }, (_, index) =>
    server.ask('tools/call', {
      name: 'run_cmd',
      arguments: { cmd: `echo ${index}; exec sleep 1000`, cwd },
      _meta: { progressToken: index },
    }),
  );
  await server.allProgress(children);
  const busy = await shares();
  const settled = Promise.allSettled(calls);
  await server.leave();
  await settled;
  const more = busy.map((share) => share - median(idle));
  const details = `of a core, each sending progress: ${median(busy).toFixed(2)} over ${median(idle).toFixed(2)} idle`;
  return figure(`CPU of watching ${children} programs`, '%', more, { atMost: 1 }, details);
}

async function measureLongOutput(kit: Kit): Promise<Figure> {
  const mib: number[] = [];
  for (let round = 0; round < kit.rounds; round += 1) {
    const { server, cwd } = await openKitchen(kit, `long-output-${round}`);
    await runCommand(server, cwd, 'true');
    const idleKib = server.peakKib();
    const { stdout_cut: truncated } = await runCommand(server, cwd, `head -c ${gib} /dev/zero`);
    if (truncated?.size_bytes !== gib) throw new Error('part of the output is missing');
    mib.push((server.peakKib() - idleKib) / 1_024);
    await server.leave();
  }
  return figure('peak memory of 1 GiB of output, over idle', 'MiB', mib, { atMost: 64 }, 'VmHWM before and after');
}
