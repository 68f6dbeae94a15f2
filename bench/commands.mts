import { join } from 'node:path';
import { type Figure, figure, interleave, ratios } from './figure.mts';
import { type Kit, place, prime } from './kit.mts';
import { median } from './statistics.mts';
import { timeToEnd } from './time-to-end.mts';

/** The time of `maitred config show` in a project with settings. */
export async function measureCommands(kit: Kit): Promise<Figure[]> {
  const at = place(kit, 'commands', { visibility: 'always' });
  const { cwd, env } = at;
  await prime(at);
  const floorFile = join(import.meta.dirname, 'floor/two-bytes.cjs');
  const show = () => timeToEnd({ args: [kit.program, 'config', 'show'], cwd, env: { HOME: kit.workDir, ...env } });
  await show();
  const ms = await interleave(kit.pairs, { floor: () => timeToEnd({ args: [floorFile], cwd, env }), show });
  const details = `${median(ms.show).toFixed(1)} over ${median(ms.floor).toFixed(1)} ms`;
  return [figure('config show, over bare Node', 'x', ratios(ms.show, ms.floor), { atMost: 3 }, details)];
}
