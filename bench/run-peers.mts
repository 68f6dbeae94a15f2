import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { markdownTable } from '../src/domain/markdown-table.ts';
import { type Launch, type Running, startAndList } from './driver.mts';
import { interleave, ratios } from './figure.mts';
import { alwaysClient, floorsFor, place, prime } from './kit.mts';
import { killProcessesOf, type Memory, memoryOf, untilGone } from './launch-processes.mts';
import { installPeerServers, type PeerServer, peerServers, programOf } from './peer-servers.mts';
import { median, spreadOf } from './statistics.mts';
import { untilSteady } from './until-steady.mts';

/** One row of the table. */
interface Subject {
  readonly name: string;
  readonly launch: Launch;
  readonly tools: number;
}

interface Sample extends Memory {
  readonly listMs: number;
}

/** When everything that starts after the list has started. */
const settled = { quietMs: 2_000, toleranceKib: 1_024 };
const startLimitMs = 60_000;
const endLimitMs = 10_000;

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '10' },
    program: { type: 'string', default: resolve(import.meta.dirname, '../dist/maitred.js') },
  },
});
const workDir = mkdtempSync(join(tmpdir(), 'maitred-bench-peers-'));
process.on('exit', () => rmSync(workDir, { recursive: true, force: true, maxRetries: 3 }));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));

const kit = { workDir, program: resolve(options.program) };
const modulesDir = process.env.MAITRED_PEERS || (await installPeerServers(join(workDir, 'servers')));
const loadBefore = loadavg();

const maitred = place(kit, 'maitred', { clientName: alwaysClient });
await prime(maitred);
const floor = { ...place(kit, 'floor'), args: (await floorsFor(kit, 'maitred', maitred)).esm.args };
const subjects: Subject[] = [await subjectOf('bare Node script', floor), await subjectOf('**maitred serve**', maitred)];
const failures: string[] = [];
for (const peer of peerServers) await addPeer(peer);

const samples = await interleave<string, Sample>(
  Number(options.rounds),
  Object.fromEntries(subjects.map((subject) => [subject.name, () => measure(subject)])),
);
const floorSamples = samples['bare Node script'] ?? [];
process.stdout.write(`${table()}\n${[...failures, conditions()].join('\n')}\n`);

/** Adds a server, and the same behind the front. */
async function addPeer(peer: PeerServer): Promise<void> {
  const title = `${peer.name} ${peer.version}`;
  const name = peer.name.replaceAll(/\W+/g, '-');
  await addIfItStarts(title, () => launchOf(name, peer, []));
  await addIfItStarts(`${title}, behind **maitred wrap**`, async () => {
    const front = launchOf(`wrapped-${name}`, peer, [kit.program, 'wrap', '--', process.execPath]);
    // Fills the cache.
    await subjectOf(title, front);
    if (readdirSync(join(front.env.MAITRED_STATE_DIR ?? '', 'handshakes')).length === 0)
      throw new Error('its handshake was not cached');
    return front;
  });
}

async function addIfItStarts(name: string, prepare: () => Launch | Promise<Launch>): Promise<void> {
  try {
    subjects.push(await subjectOf(name, await prepare()));
  } catch (problem) {
    failures.push(`${name} is not measured: ${problem instanceof Error ? problem.message : String(problem)}`);
  }
}

function launchOf(name: string, peer: PeerServer, before: readonly string[]): Launch {
  const at = place(kit, name);
  const args = [...before, programOf(peer, modulesDir), ...peer.args];
  return { ...at, args, env: { ...at.env, ...peer.env, HOME: workDir } };
}

/** Starts a server once. @throws Error when it does not list its tools */
async function subjectOf(name: string, launch: Launch): Promise<Subject> {
  const { server, tools } = await startAndListAll(launch);
  await end(server, launch);
  return { name, launch, tools };
}

async function measure({ launch, tools }: Subject): Promise<Sample> {
  const { server, tools: listed, listMs } = await startAndListAll(launch);
  if (listed !== tools) throw new Error(`${launch.args.join(' ')} listed ${listed} tools instead of ${tools}`);
  await untilSteady(() => memoryOf(launch).residentKib, settled);
  const memory = memoryOf(launch);
  await end(server, launch);
  return { listMs, ...memory };
}

/** Starts a server and reads all pages of its list. One that takes too long is killed. @throws Error */
async function startAndListAll(launch: Launch) {
  const limit = setTimeout(() => killProcessesOf(launch), startLimitMs);
  try {
    return await readList(launch);
  } finally {
    clearTimeout(limit);
  }
}

async function readList(launch: Launch) {
  const { server, list } = await startAndList(launch);
  let answer = list;
  let tools = 0;
  for (;;) {
    const { result } = JSON.parse(answer.line) as { result?: { tools: readonly object[]; nextCursor?: string } };
    if (result === undefined) throw new Error(`its tools/list failed: ${answer.line.slice(0, 500)}`);
    tools += result.tools.length;
    if (result.nextCursor === undefined) return { server, tools, listMs: answer.atMs };
    answer = await server.ask('tools/list', { cursor: result.nextCursor });
  }
}

async function end(server: Running, launch: Launch): Promise<void> {
  const limit = setTimeout(() => killProcessesOf(launch), endLimitMs);
  await server.leave();
  clearTimeout(limit);
  await untilGone(launch);
}

function table(): string {
  const rows = subjects.map(({ name, tools }) => {
    const own = samples[name] ?? [];
    const { median: ms, min, max } = spreadOf(own.map(({ listMs }) => listMs));
    const least = min / spreadOf(floorSamples.map(({ listMs }) => listMs)).min;
    const mib = (kibOf: (sample: Sample) => number) => (median(own.map(kibOf)) / 1_024).toFixed(0);
    const overFloor = (figureOf: (sample: Sample) => number) =>
      median(ratios(own.map(figureOf), floorSamples.map(figureOf))).toFixed(1);
    return [
      name,
      String(tools),
      `${ms.toFixed(0)} (${min.toFixed(0)}–${max.toFixed(0)})`,
      `${overFloor(({ listMs }) => listMs)} (${least.toFixed(1)})`,
      mib(({ residentKib }) => residentKib),
      overFloor(({ residentKib }) => residentKib),
      mib(({ proportionalKib }) => proportionalKib),
    ];
  });
  return markdownTable(
    [
      'server',
      'tools',
      'to the complete list, ms',
      'over bare Node (least over least)',
      'RSS, MiB',
      'over bare Node',
      'PSS, MiB',
    ],
    rows,
  );
}

function conditions(): string {
  const load = (values: readonly number[]) => values.map((value) => value.toFixed(1)).join(' ');
  const [day] = new Date().toISOString().split('T');
  return `${day}, Node ${process.versions.node}, ${cpus().length} × ${cpus()[0]?.model ?? 'CPU'}, load average ${load(loadBefore)} → ${load(loadavg())}; ${options.rounds} rounds, medians (smallest–largest).`;
}
