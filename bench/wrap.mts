import { join } from 'node:path';
import { call, type Launch, type Running, startAndList } from './driver.mts';
import { type Figure, figure, interleave, ratios, type Target } from './figure.mts';
import { floorsFor, type Kit, place } from './kit.mts';
import { untilGone } from './launch-processes.mts';
import { median } from './statistics.mts';
import { untilSteady } from './until-steady.mts';

const serverFile = join(import.meta.dirname, 'peers/small-server.mjs');
const startSeconds = [0, 3, 30];
const toolName = 'tool_0';
const sdkToolName = 'close_kitchen';
const callsInSequence = 500;
const callsPerRound = 30_000;
const inFlight = 64;
const leastRounds = 5;
/** Longer than the second after which a server writes its record. */
const idle = { quietMs: 3_000, toleranceKib: 128 };

/** `maitred wrap`: the time to the list, and what a call, many calls and an idle front cost beside the server itself. */
export async function measureWrap(kit: Kit): Promise<Figure[]> {
  const direct: Launch = { args: [serverFile], cwd: kit.workDir, env: {}, clientName: 'maitred-bench' };
  const at = await wrapped(kit, 'wrap', direct, toolName);
  const { esm, commonJs } = await floorsFor(kit, 'wrap', at);
  return [
    ...(await measureList(kit, at, esm, commonJs)),
    ...(await measureCalls(kit, at, direct)),
    await measureSdkServer(kit),
    await measureIdleMemory(kit, at, esm),
  ];
}

/** A server behind the program, whose handshake and compiled code are cached. */
async function wrapped(kit: Kit, name: string, direct: Launch, tool: string): Promise<Launch> {
  const at = { ...place(kit, name), args: [kit.program, 'wrap', '--', process.execPath, ...direct.args] };
  const { server } = await startAndList(at);
  await call(server, tool);
  await server.leave();
  return at;
}

async function measureList(kit: Kit, at: Launch, esm: Launch, commonJs: Launch): Promise<Figure[]> {
  const expected = await listOf(esm);
  const timeToList = async (launch: Launch) => {
    const { server, list } = await startAndList(launch);
    await server.kill();
    await untilGone(launch);
    // The answer of the server itself has a mark.
    if (list.line !== expected) throw new Error('the list is not the cached one');
    return list.atMs;
  };
  const figures: Figure[] = [];
  for (const seconds of startSeconds) {
    const times = await interleave(kit.pairs, {
      floor: () => timeToList(esm),
      commonJs: () => timeToList(commonJs),
      wrap: () => timeToList({ ...at, env: { ...at.env, START_SECONDS: String(seconds) } }),
    });
    const ms = (values: readonly number[]) => `${median(values).toFixed(1)} ms`;
    const least = Math.min(...times.wrap) / Math.min(...times.floor);
    const details = `${ms(times.wrap)} over ${ms(times.floor)}; least over least ${least.toFixed(2)}`;
    figures.push(
      figure(
        `wrap: to the list, a server of ${seconds} s`,
        'x',
        ratios(times.wrap, times.floor),
        { atMost: 1.25 },
        details,
      ),
      figure(
        '  over the CommonJS floor',
        'x',
        ratios(times.wrap, times.commonJs),
        null,
        `… over ${ms(times.commonJs)}`,
      ),
    );
  }
  return figures;
}

async function listOf(launch: Launch): Promise<string> {
  const { server, list } = await startAndList(launch);
  await server.kill();
  const { result } = JSON.parse(list.line) as { result: { tools: unknown[]; _meta?: object } };
  if (result.tools.length !== 20 || result._meta !== undefined) throw new Error('the list was not cached');
  return list.line;
}

async function measureCalls(kit: Kit, at: Launch, direct: Launch): Promise<Figure[]> {
  const front = await warm(at, toolName);
  const bare = await warm(direct, toolName);
  const ms = await interleave(roundsOf(kit), {
    direct: () => medianCallMs(bare),
    wrap: () => medianCallMs(front),
  });
  const more = ms.wrap.map((value, round) => value - (ms.direct[round] ?? Number.NaN));
  const details = `${median(ms.wrap).toFixed(3)} over ${median(ms.direct).toFixed(3)} ms`;
  const figures = [
    figure('wrap: a call, over the direct connection (p50)', 'ms', more, { atMost: 0.3 }, details),
    await compareRates(kit, 'wrap: 64 in flight, over the direct connection', toolName, front, bare, { atLeast: 0.6 }),
  ];
  await Promise.all([front.leave(), bare.kill()]);
  return figures;
}

/** The same with a server that its author would write. */
async function measureSdkServer(kit: Kit): Promise<Figure> {
  const front = await warm(await wrapped(kit, 'wrap-sdk', kit.mcpServer, sdkToolName), sdkToolName);
  const bare = await warm(kit.mcpServer, sdkToolName);
  const compared = await compareRates(kit, '  the same for an McpServer of the SDK', sdkToolName, front, bare, null);
  await Promise.all([front.leave(), bare.kill()]);
  return compared;
}

async function compareRates(
  kit: Kit,
  name: string,
  tool: string,
  front: Running,
  bare: Running,
  target: Target | null,
): Promise<Figure> {
  const rates = await interleave(roundsOf(kit), {
    direct: () => bare.callRate(tool, callsPerRound, inFlight),
    wrap: () => front.callRate(tool, callsPerRound, inFlight),
  });
  const rate = (values: readonly number[]) => `${(median(values) / 1_000).toFixed(1)} k/s`;
  return figure(name, 'x', ratios(rates.wrap, rates.direct), target, `${rate(rates.wrap)} over ${rate(rates.direct)}`);
}

const roundsOf = (kit: Kit) => Math.max(leastRounds, kit.pairs / 2);

async function warm(launch: Launch, tool: string): Promise<Running> {
  const { server } = await startAndList(launch);
  await call(server, tool);
  await server.callRate(tool, callsPerRound, inFlight);
  return server;
}

async function medianCallMs(server: Running): Promise<number> {
  const ms: number[] = [];
  for (let sent = 0; sent < callsInSequence; sent += 1) {
    const sentMs = server.nowMs();
    const { atMs } = await server.ask('tools/call', { name: toolName, arguments: {} });
    ms.push(atMs - sentMs);
  }
  return median(ms);
}

async function measureIdleMemory(kit: Kit, at: Launch, esm: Launch): Promise<Figure> {
  const idleKib = async (launch: Launch, hasTools: boolean) => {
    const { server } = await startAndList(launch);
    if (hasTools) await call(server, toolName);
    const kib = await untilSteady(() => server.residentKib(), idle);
    await server.leave();
    return kib;
  };
  const kib = await interleave(Math.max(leastRounds, kit.rounds), {
    floor: () => idleKib(esm, false),
    wrap: () => idleKib(at, true),
  });
  const mib = (values: readonly number[]) => `${(median(values) / 1_024).toFixed(1)} MiB`;
  return figure(
    'wrap: memory of the idle front, over bare Node',
    'x',
    ratios(kib.wrap, kib.floor),
    { atMost: 1.4 },
    `${mib(kib.wrap)} over ${mib(kib.floor)}`,
  );
}
