import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { expect, inject, onTestFailed, test } from 'vitest';
import { below, seededRandom } from '../../support/seeded-random.ts';
import { someJournals } from './some-journals.ts';

const isLongRun = process.env.MAITRED_EVERY_STEP === '1';
const kills = isLongRun ? 200 : 5;
const seed = Number(process.env.MAITRED_SEED ?? 20_261_201);
const runIds = ['one', 'two', 'three'];

/** Starts a writer of all runs and kills it when it has acknowledged so many records. @returns the last of each run */
async function killAfter(acknowledgements: number, runsDir: string): Promise<ReadonlyMap<string, number>> {
  const writer = spawn(process.execPath, [inject('journalWriter'), runsDir, ...runIds], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const closed = once(writer, 'close');
  const acknowledged = new Map<string, number>();
  let lines = 0;
  for await (const line of createInterface(writer.stdout)) {
    const [runId = '', n] = line.split(' ');
    acknowledged.set(runId, Number(n));
    if (lines === acknowledgements) writer.kill('SIGKILL');
    lines += 1;
  }
  await closed;
  expect(writer.signalCode).toBe('SIGKILL');
  return acknowledged;
}

test(`No record that was acknowledged is lost in ${kills} kills of its writer under load, and none is missing between`, {
  timeout: kills * 12_000,
}, async () => {
  onTestFailed(() => void process.stderr.write(`MAITRED_SEED=${seed}\n`));
  const random = seededRandom(seed);
  const { runsDir, read } = someJournals();
  const sizes = new Map<string, number>();
  let torn = 0;
  for (let kill = 0; kill < kills; kill += 1) {
    const acknowledged = await killAfter(below(random, 60), runsDir);
    for (const runId of runIds) {
      const known = acknowledged.get(runId) ?? sizes.get(runId) ?? 0;
      if (known === 0 && !existsSync(`${runsDir}/${runId}/journal.jsonl`)) continue;
      // A gap would be refused.
      const { records, tornBytes } = await read(runId);
      expect(records.length, `${runId} after kill ${kill}`).toBeGreaterThanOrEqual(known);
      expect(records.at(-1)?.n).toBe(records.length);
      sizes.set(runId, records.length);
      torn += tornBytes > 0 ? 1 : 0;
    }
  }
  expect([...sizes.keys()]).toEqual(expect.arrayContaining(runIds));
  if (isLongRun) process.stderr.write(`${[...sizes.values()].reduce((a, b) => a + b)} records, ${torn} torn lines\n`);
});
