import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type HookScript, hookScripts } from '../src/domain/hook-registry.ts';
import { type Figure, figure, interleave, ratios } from './figure.mts';
import type { Kit } from './kit.mts';
import { median } from './statistics.mts';

/** An event on which the script has something to do, as a client wrote it. */
const events: Readonly<Record<HookScript, string>> = {
  'headless-guard': 'before-run-cmd',
  'open-kitchen-guard': 'before-open-kitchen',
  'unsafe-install-guard': 'before-run-cmd',
  'generated-file-guard': 'before-write',
  'session-start': 'session-start-resume',
};

/** How long a client waits for a script before it calls the tool. */
export async function measureHooks(kit: Kit): Promise<Figure[]> {
  const hooksDir = join(dirname(kit.program), 'hooks');
  const timeOf = (script: HookScript) => () => timeToEnd(kit, join(hooksDir, `${script}.js`), events[script]);
  const scripts = Object.fromEntries(hookScripts.map((script) => [script, timeOf(script)])) as Record<
    HookScript,
    () => Promise<number>
  >;
  const floor = () => timeToEnd(kit, join(import.meta.dirname, 'floor/hook.cjs'), 'before-run-cmd');
  const ms = await interleave(kit.pairs, { floor, ...scripts });
  return hookScripts.map((script) => {
    const details = `${median(ms[script]).toFixed(1)} over ${median(ms.floor).toFixed(1)} ms`;
    return figure(`hook ${script}, over bare Node`, 'x', ratios(ms[script], ms.floor), { atMost: 1.5 }, details);
  });
}

/** From the spawn until the script has said all and is gone. */
async function timeToEnd({ workDir }: Kit, file: string, event: string): Promise<number> {
  const input = readFileSync(join(import.meta.dirname, `../tests/hooks/recorded/${event}.json`));
  const beganMs = performance.now();
  const child = spawn(process.execPath, [file, join(workDir, 'hooks-state')], {
    env: { HOME: workDir },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  child.stdin.on('error', () => undefined).end(input);
  child.stdout.resume();
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${file} ended with ${code}`);
  return performance.now() - beganMs;
}
