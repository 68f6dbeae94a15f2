import { type Launch, startAndList } from './driver.mts';
import { type Figure, figure, interleave, ratios } from './figure.mts';
import { floorsFor, type Kit, place, prime } from './kit.mts';
import { median } from './statistics.mts';

/** The peak memory when the client reads the list. */
export async function measureMemory(kit: Kit): Promise<Figure[]> {
  const at = place(kit, 'memory');
  await prime(at);
  const { esm } = await floorsFor(kit, 'memory', at);
  const peakAtList = (launch: Launch) => async () => {
    const { server } = await startAndList(launch);
    const kib = server.peakKib();
    await server.kill();
    return kib;
  };
  const kib = await interleave(kit.pairs, { floor: peakAtList(esm), maitred: peakAtList(at) });
  const mib = (values: readonly number[]) => `${(median(values) / 1_024).toFixed(1)} MiB`;
  const details = `${mib(kib.maitred)} over ${mib(kib.floor)}`;
  return [figure('peak memory at the list', 'x', ratios(kib.maitred, kib.floor), { atMost: 1.25 }, details)];
}
