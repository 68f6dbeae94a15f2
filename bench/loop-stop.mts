import { type Launch, startAndList } from './driver.mts';
import { type Figure, figure, interleave } from './figure.mts';
import { floorsFor, type Kit, place, prime } from './kit.mts';
import { ping } from './pings.mts';
import { median } from './statistics.mts';

/** Long enough to load the backend, the log and the heartbeat. */
const watchedMs = 600;
const pingEveryMs = 1;

/** The longest time that a ping waits while the backend is loaded, as the client sees it. */
export async function measureLoopStop(kit: Kit): Promise<Figure[]> {
  const at = place(kit, 'loop-stop');
  await prime(at);
  const { esm } = await floorsFor(kit, 'loop-stop', at);
  const longestPing = (launch: Launch) => async () => {
    const { server, list } = await startAndList(launch);
    const waits = await ping(server, pingEveryMs, () => server.nowMs() > list.atMs + watchedMs);
    await server.leave();
    return Math.max(...waits);
  };
  const longest = await interleave(kit.pairs, { floor: longestPing(esm), maitred: longestPing(at) });
  const details = `longest ping within ${watchedMs} ms after the list; the floor's ${median(longest.floor).toFixed(1)} ms`;
  return [figure('longest stop of the event loop', 'ms', longest.maitred, { atMost: 80 }, details)];
}
