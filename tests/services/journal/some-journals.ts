import { readFileSync } from 'node:fs';
import { onTestFinished } from 'vitest';
import type { RunStarted } from '../../../src/domain/recipe-run/journal-record.ts';
import { createJournals, type JournalsOptions } from '../../../src/services/journal/journals.ts';
import { readOwnUid } from '../../../src/services/platform/own-uid.ts';
import { aStart } from '../../doubles/journal-entries.ts';
import { tempFolder } from '../../doubles/temp-folder.ts';

export const aRecipe = Buffer.from('name: demo\n');

/** Journals in a new folder, with a run of `server-a`. */
export async function aRun(changes: Partial<JournalsOptions> = {}, started: Partial<RunStarted> = {}) {
  const journals = someJournals(changes);
  const { run } = await journals.create(aStart(started), aRecipe, 'server-a');
  onTestFinished(() => run.release());
  const dir = `${journals.runsDir}/run-1`;
  const file = `${dir}/journal.jsonl`;
  return { ...journals, run, dir, file, text: () => readFileSync(file, 'utf8') };
}

export function someJournals(changes: Partial<JournalsOptions> = {}) {
  const runsDir = `${tempFolder()}/runs`;
  const options = { runsDir, ownUid: readOwnUid(), isOwnerAlive: () => true, ...changes };
  return { runsDir, ...createJournals(options) };
}
