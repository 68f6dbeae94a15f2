import { call, greet, type Launch } from './driver.mts';
import { type Figure, figure, interleave, ratios } from './figure.mts';
import { type Kit, place } from './kit.mts';
import { median } from './statistics.mts';

/** Closing a closed kitchen changes nothing and answers a constant. */
const emptyTool = 'close_kitchen';
const callsARound = 30_000;
const inFlight = 64;
const leastRounds = 5;

/** Calls a second of a tool that does nothing, beside an McpServer whose tool gives the same answer. */
export async function measureThroughput(kit: Kit): Promise<Figure[]> {
  const warm = async (launch: Launch) => {
    const { server } = await greet(launch);
    await call(server, emptyTool);
    await server.callRate(emptyTool, callsARound, inFlight);
    return server;
  };
  const maitred = await warm(place(kit, 'throughput'));
  const mcpServer = await warm(kit.mcpServer);
  const rates = await interleave(Math.max(leastRounds, kit.pairs / 2), {
    mcpServer: () => mcpServer.callRate(emptyTool, callsARound, inFlight),
    maitred: () => maitred.callRate(emptyTool, callsARound, inFlight),
  });
  await Promise.all([maitred.leave(), mcpServer.kill()]);
  const rate = (values: readonly number[]) => `${(median(values) / 1_000).toFixed(1)} k/s`;
  const details = `${rate(rates.maitred)} over ${rate(rates.mcpServer)}`;
  return [figure('empty tool, 64 in flight', 'x', ratios(rates.maitred, rates.mcpServer), { atLeast: 0.9 }, details)];
}
