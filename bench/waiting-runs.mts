import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { aRecipeHost } from './a-recipe-host.mts';

/* A program: starts runs that wait at a gate, and prints what they cost this process. Arguments: the folder of the runs, and how many. */

const [runsDir = '', count = '0'] = process.argv.slice(2);
const runs = Number(count);
const { runner, start } = aRecipeHost(runsDir, { ask: { action: 'confirm', message: 'Go on?', on_failure: 'done' } });
const heapBytes = () => {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
};
// What is made for the first run is not counted.
await start();
const heapBefore = heapBytes();
const startMs = performance.now();
const atOnce = 100;
for (let at = 0; at < runs; at += atOnce) {
  const started = await Promise.all(Array.from({ length: atOnce }, start));
  while (started.some(({ progress }) => progress.gate === null)) await pause(1);
}
const startMsEach = (performance.now() - startMs) / runs;
const bytesEach = (heapBytes() - heapBefore) / runs;
// More often would cost more than what is measured.
const resolution = 10;
const delay = monitorEventLoopDelay({ resolution });
const cpu = process.cpuUsage();
delay.enable();
await pause(10_000);
const { user, system } = process.cpuUsage(cpu);
const open = process.getActiveResourcesInfo();
console.log(
  JSON.stringify({
    bytesEach,
    startMsEach,
    coreShare: (user + system) / 10_000_000,
    delayP999Ms: delay.percentile(99.9) / 1e6 - resolution,
    files: open.filter((kind) => kind.startsWith('FS')).length,
    timers: open.filter((kind) => kind === 'Timeout').length,
  }),
);
process.exit(runner.find('') === null ? 0 : 1);
