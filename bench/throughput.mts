import { call, type Launch, startAndList } from './driver.mts';
import { type Figure, figure, interleave, ratios } from './figure.mts';
import { type Kit, place } from './kit.mts';
import { median } from './statistics.mts';

/** Changes nothing while the kitchen is closed, and always gives the same answer. */
const emptyTool = 'close_kitchen';
const callsPerRound = 30_000;
const inFlight = 64;
const leastRounds = 5;

/** Calls per second of a tool that does nothing, over an McpServer whose tool gives the same answer. */
export async function measureThroughput(kit: Kit): Promise<Figure[]> {
  const warm = async (launch: Launch) => {
    const { server } = await startAndList(launch);
    await call(server, emptyTool);
    await server.callRate(emptyTool, callsPerRound, inFlight);
    return server;
  };
  const maitred = await warm(place(kit, 'throughput'));
  const mcpServer = await warm(kit.mcpServer);
  const rates = await interleave(Math.max(leastRounds, kit.pairs / 2), {
    mcpServer: () => mcpServer.callRate(emptyTool, callsPerRound, inFlight),
    maitred: () => maitred.callRate(emptyTool, callsPerRound, inFlight),
  });
  await Promise.all([maitred.leave(), mcpServer.kill()]);
  const rate = (values: readonly number[]) => `${(median(values) / 1_000).toFixed(1)} k/s`;
  const details = `${rate(rates.maitred)} over ${rate(rates.mcpServer)}`;
  return [figure('empty tool, 64 in flight', 'x', ratios(rates.maitred, rates.mcpServer), { atLeast: 0.9 }, details)];
}
