import { readFile } from 'node:fs/promises';
import type { StateFolder } from '../src/domain/state-folder.ts';

export interface Failure {
  readonly timestamp: string;
  readonly subtype: string;
}

/** The newest failures of a state folder, newest first. Reads whole files, the latest session first. */
export async function readNewestFailures(stateFolder: StateFolder, most: number): Promise<Failure[]> {
  const index = (await readFile(stateFolder.sessionIndexFile, 'utf8')).trim().split('\n').reverse();
  const found: Failure[] = [];
  for (const line of index) {
    const { dir_name } = JSON.parse(line) as { dir_name: string };
    const records = JSON.parse(
      await readFile(`${stateFolder.sessionsDir}/${dir_name}/audit_log.json`, 'utf8'),
    ) as Failure[];
    found.push(...records.filter(({ subtype }) => subtype !== 'success'));
    if (found.length >= most) break;
  }
  return found.sort((one, other) => Date.parse(other.timestamp) - Date.parse(one.timestamp)).slice(0, most);
}
