import { onTestFailed, test } from 'vitest';
import { killRuns } from '../support/killed-runs.ts';

const seed = Number(process.env.MAITRED_SEED ?? 20_261_201);
const kills = Number(process.env.MAITRED_KILLS ?? 10);

// Each kill starts the program again: on a machine that is busy, all of them take a minute.
test('A run whose host, session or both are killed ten times ends as it would have, does nothing twice, and passes its gate', {
  timeout: 180_000,
}, async () => {
  onTestFailed(() => void process.stderr.write(`killed runs: MAITRED_SEED=${seed} MAITRED_KILLS=${kills}\n`));
  await killRuns({ kills, rows: 3, seed });
});
