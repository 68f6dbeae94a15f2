import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { digitsText } from '../src/domain/count-text.ts';
import { type Running, startAndList } from './driver.mts';
import { type Figure, figure, interleave, ratios } from './figure.mts';
import { type Kit, place } from './kit.mts';
import { median, percentile } from './statistics.mts';

const warmUps = 5;
const runsPerRound = 11;
const filesPerFolder = 50;

/** What recording a scenario adds to a call: it looks at the project before and after, and writes what has run. */
export async function measureScenarios(kit: Kit): Promise<Figure[]> {
  return [...(await measureCall(kit, 50, { atMost: 1 })), ...(await measureCall(kit, 5_000, null))];
}

async function measureCall(kit: Kit, files: number, target: Figure['target']): Promise<Figure[]> {
  const plain = await startServer(kit, `scenario-${files}-plain`, files, []);
  const scenario = join(kit.workDir, `scenario-${files}`);
  const recording = await startServer(kit, `scenario-${files}-recording`, files, ['--record-scenario', scenario]);
  const all: Record<'plain' | 'recording', number[]> = { plain: [], recording: [] };
  /** The median of calls in a row. */
  const medianOf =
    (name: keyof typeof all, { server, cwd }: Started) =>
    async () => {
      const ms: number[] = [];
      for (let run = 0; run < runsPerRound; run += 1) {
        const beganMs = performance.now();
        await runTrue(server, cwd);
        ms.push(performance.now() - beganMs);
      }
      all[name].push(...ms);
      return median(ms);
    };
  const subjects = { plain: medianOf('plain', plain), recording: medianOf('recording', recording) };
  await interleave(warmUps, subjects);
  all.plain = [];
  all.recording = [];
  const ms = await interleave(Math.max(10, kit.pairs), subjects);
  await Promise.all([plain.server.leave(), recording.server.leave()]);
  const added = ms.recording.map((value, round) => value - (ms.plain[round] ?? Number.NaN));
  const p95 = percentile(all.recording, 0.95) - percentile(all.plain, 0.95);
  const details = `${median(ms.recording).toFixed(2)} over ${median(ms.plain).toFixed(2)} ms; p95 ${p95.toFixed(2)} ms more`;
  return [
    figure(`true through run_cmd, recorded, ${digitsText(files)} files`, 'ms', added, target, details),
    figure('   as a ratio', 'x', ratios(ms.recording, ms.plain), null, ''),
  ];
}

interface Started {
  readonly server: Running;
  readonly cwd: string;
}

async function startServer(kit: Kit, name: string, files: number, args: readonly string[]): Promise<Started> {
  const at = place(kit, name, { args: ['--open-kitchen', ...args] });
  for (let made = 0; made < files; made += 1) {
    const folder = join(at.cwd, `folder-${Math.floor(made / filesPerFolder)}`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `file-${made}`), 'content\n');
  }
  const { server } = await startAndList(at);
  return { server, cwd: at.cwd };
}

async function runTrue(server: Running, cwd: string): Promise<void> {
  const { line } = await server.ask('tools/call', { name: 'run_cmd', arguments: { cmd: 'true', cwd } });
  const { result } = JSON.parse(line) as { result: { content: [{ text: string }] } };
  if ((JSON.parse(result.content[0].text) as { success: boolean }).success !== true)
    throw new Error(`true failed: ${line.slice(0, 500)}`);
}
