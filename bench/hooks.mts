import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type HookScript, hookScripts } from '../src/domain/hook-registry.ts';
import { type Figure, figure, interleave, ratios } from './figure.mts';
import type { Kit } from './kit.mts';
import { median } from './statistics.mts';
import { timeToEnd } from './time-to-end.mts';

/** A recorded event of a client for each script to handle. */
const events: Readonly<Record<HookScript, string>> = {
  'headless-guard': 'before-run-cmd',
  'open-kitchen-guard': 'before-open-kitchen',
  'unsafe-install-guard': 'before-run-cmd',
  'generated-file-guard': 'before-write',
  'session-start': 'session-start-resume',
};

/** How long a client waits for each hook script. */
export async function measureHooks(kit: Kit): Promise<Figure[]> {
  const hooksDir = join(dirname(kit.program), 'hooks');
  const timeOf = (script: HookScript) => () => endOf(kit, join(hooksDir, `${script}.js`), events[script]);
  const scripts = Object.fromEntries(hookScripts.map((script) => [script, timeOf(script)])) as Record<
    HookScript,
    () => Promise<number>
  >;
  const floor = () => endOf(kit, join(import.meta.dirname, 'floor/two-bytes.cjs'), 'before-run-cmd');
  const ms = await interleave(kit.pairs, { floor, ...scripts });
  return hookScripts.map((script) => {
    const details = `${median(ms[script]).toFixed(1)} over ${median(ms.floor).toFixed(1)} ms`;
    return figure(`hook ${script}, over bare Node`, 'x', ratios(ms[script], ms.floor), { atMost: 1.5 }, details);
  });
}

function endOf({ workDir }: Kit, file: string, event: string): Promise<number> {
  const input = readFileSync(join(import.meta.dirname, `../tests/hooks/recorded/${event}.json`));
  return timeToEnd({ args: [file, join(workDir, 'hooks-state')], env: { HOME: workDir }, input });
}
