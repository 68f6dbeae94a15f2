import { utimesSync } from 'node:fs';
import { call, type Launch, startAndList } from './driver.mts';
import { type Figure, figure, interleave, ratios, type Target } from './figure.mts';
import { alwaysClient, floorsFor, type Kit, type PlaceOptions, place, prime } from './kit.mts';
import { median } from './statistics.mts';

const cases: readonly (PlaceOptions & { readonly name: string })[] = [
  { name: 'no config, gated' },
  { name: 'no config, always', clientName: alwaysClient },
  { name: 'config, gated', visibility: 'gated' },
  { name: 'config, always', visibility: 'always' },
];

async function timeToList(launch: Launch): Promise<number> {
  const { server, list } = await startAndList(launch);
  await server.kill();
  return list.atMs;
}

/** The time from the spawn to the complete tools/list, over that of bare Node scripts that answer the same bytes. */
export async function measureList(kit: Kit): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const { name, ...options } of cases) figures.push(...(await againstFloors(kit, name, options)));
  figures.push(...(await againstFloors(kit, 'config, just changed', { visibility: 'gated' })));
  figures.push(...(await againstFloors(kit, 'no config, first start', {})));
  return figures;
}

async function againstFloors(kit: Kit, name: string, options: PlaceOptions): Promise<Figure[]> {
  const at = place(kit, name.replaceAll(/\W+/g, '-'), options);
  await prime(at);
  const { esm, commonJs } = await floorsFor(kit, name.replaceAll(/\W+/g, '-'), at);
  const isChanged = name.endsWith('just changed');
  const isFirst = name.endsWith('first start');
  let starts = 0;
  const times = await interleave(kit.pairs, {
    floor: () => timeToList(esm),
    commonJs: () => timeToList(commonJs),
    maitred() {
      if (isChanged) utimesSync(at.projectConfigFile, new Date(), new Date());
      if (!isFirst) return timeToList(at);
      starts += 1;
      return timeToList({ ...at, env: { ...at.env, MAITRED_STATE_DIR: `${at.env.MAITRED_STATE_DIR}-${starts}` } });
    },
  });
  const ms = (values: readonly number[]) => `${median(values).toFixed(1)} ms`;
  const least = Math.min(...times.maitred) / Math.min(...times.floor);
  const details = `${ms(times.maitred)} over ${ms(times.floor)}; least over least ${least.toFixed(2)}`;
  const target: Target | null = isChanged || isFirst ? null : { atMost: 1.2 };
  return [
    figure(`to the list: ${name}`, 'x', ratios(times.maitred, times.floor), target, details),
    figure(
      '  over the CommonJS floor',
      'x',
      ratios(times.maitred, times.commonJs),
      null,
      `… over ${ms(times.commonJs)}`,
    ),
  ];
}

/** The time from the spawn to the answer to the first call, which is sent when the list arrives. */
export async function measureFirstCall(kit: Kit): Promise<Figure[]> {
  const at = place(kit, 'first-call');
  await prime(at);
  const { esm } = await floorsFor(kit, 'first-call', at);
  const afterList: number[] = [];
  const times = await interleave(kit.pairs, {
    floor: () => timeToList(esm),
    async maitred() {
      const { server, list } = await startAndList(at);
      const status = await call(server, 'kitchen_status');
      await server.leave();
      afterList.push(status.atMs - list.atMs);
      return status.atMs;
    },
  });
  return [
    figure(
      'to kitchen_status answered, over the list of the floor',
      'x',
      ratios(times.maitred, times.floor),
      { atMost: 2.5 },
      `${median(times.maitred).toFixed(1)} ms over ${median(times.floor).toFixed(1)} ms`,
    ),
    figure(
      'the backend (the SDK server) is live after the list',
      'ms',
      afterList,
      null,
      'the list does not wait for it',
    ),
  ];
}

/** The time to the list of the SDK's McpServer, over ours. */
export async function measureMcpServer(kit: Kit): Promise<Figure[]> {
  const at = place(kit, 'against-mcp-server', { clientName: alwaysClient });
  await prime(at);
  const times = await interleave(kit.pairs, {
    mcpServer: () => timeToList(kit.mcpServer),
    maitred: () => timeToList(at),
  });
  const details = `${median(times.mcpServer).toFixed(0)} ms over ${median(times.maitred).toFixed(1)} ms`;
  return [figure('list of McpServer over ours', 'x', ratios(times.mcpServer, times.maitred), { atLeast: 4 }, details)];
}
