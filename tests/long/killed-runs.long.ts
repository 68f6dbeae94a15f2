import { randomInt } from 'node:crypto';
import { test } from 'vitest';
import { killRuns } from '../support/killed-runs.ts';

const seed = Number(process.env.MAITRED_SEED ?? randomInt(2 ** 31));
const kills = Number(process.env.MAITRED_KILLS ?? 1_000);

test(`A run ends as it would have, does nothing twice, and passes its gate, in ${kills} kills of its host, its session or both`, async () => {
  process.stdout.write(`killed runs: MAITRED_SEED=${seed} MAITRED_KILLS=${kills}\n`);
  process.stdout.write(`${JSON.stringify(await killRuns({ kills, rows: 3, seed }))}\n`);
});
