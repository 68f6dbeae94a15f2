import { randomInt } from 'node:crypto';
import { test } from 'vitest';
import { planEnding, recordUntilEnded } from '../support/ended-recordings.ts';
import { seededRandom } from '../support/seeded-random.ts';

const seed = Number(process.env.MAITRED_SEED ?? randomInt(2 ** 31));
const endings = Number(process.env.MAITRED_ENDINGS ?? 50);

test('whenever and however a server that records is ended, its scenario is whole and holds every call that was answered', async () => {
  process.stdout.write(`ended recordings: MAITRED_SEED=${seed} MAITRED_ENDINGS=${endings}\n`);
  const random = seededRandom(seed);
  for (let number = 0; number < endings; number += 1) {
    const plan = planEnding(random, number);
    process.stdout.write(`${number}: ${JSON.stringify(plan)}\n`);
    await recordUntilEnded(plan);
  }
});
