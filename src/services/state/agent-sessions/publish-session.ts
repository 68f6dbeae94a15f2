import { lstat, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { encodeJson } from '../../../domain/encode-json.ts';
import { type JsonObject, parseJsonObject } from '../../../domain/json-object.ts';
import type { StateFolder } from '../../../domain/state-folder.ts';
import { falseIfTaken } from '../../platform/error-code.ts';
import { writeFileAtomically } from '../../platform/files.ts';
import type { JsonlFile } from '../../platform/jsonl-file.ts';
import { makeFolderSync } from '../../platform/make-folder.ts';
import { syncFolder } from '../../platform/sync-folder.ts';
import { unlessMissing } from '../../platform/unless-missing.ts';
import { namingPath } from '../naming-path.ts';
import { removeSessionDirs } from '../session-log/session-dirs.ts';
import { indexEntryOf, type SettledFiles } from './describe-settled.ts';
import { readSessionText } from './read-session-files.ts';
import { filesIn } from './session-dir.ts';

export interface PublishDeps {
  readonly folder: Pick<StateFolder, 'sessionsDir' | 'sessionIndexFile'>;
  readonly index: JsonlFile;
  readonly signal: AbortSignal;
}

/**
 * Moves a session from its own folder to the session log: files, then its folder there, then its line in the index, then its own folder is removed. The
 * outcome is decided when `settled.json` is in place; whoever calls this again continues from there, and until then from the beginning. So it
 * has one outcome and one line, whenever it is killed.
 * @param dir the folder of the session; its events are complete and synced
 * @param describe called where the outcome is not decided yet
 * @returns the name of its folder in the session log
 * @throws AppError `unavailable`, naming the path; the signal's reason
 */
export async function publishSession(
  dir: string,
  describe: () => Promise<SettledFiles>,
  { folder, index, signal }: PublishDeps,
): Promise<string> {
  const { sessionsDir, sessionIndexFile } = folder;
  const { published } = filesIn(dir);
  let summary = await namingPath(dir, signal, () => readDecision(dir));
  if (summary === null) {
    const files = await namingPath(dir, signal, describe);
    await namingPath(dir, signal, () => prepare(published, files));
    summary = files.summary;
  }
  const decided = summary;
  const isPublished = await namingPath(dir, signal, async () => (await unlessMissing(lstat(published))) === null);
  if (!isPublished) summary = await namingPath(sessionsDir, signal, () => move(dir, decided, sessionsDir));
  const entry = indexEntryOf(summary);
  await namingPath(sessionIndexFile, signal, () =>
    index.withLock(signal, (lines) => lines.appendOnce(entry, 'dir_name')),
  );
  // What stays is removed by the next start.
  await removeSessionDirs(dirname(dir), [basename(dir)], signal).catch(() => undefined);
  return entry.dir_name;
}

/** null: its outcome is not decided. */
async function readDecision(dir: string): Promise<JsonObject | null> {
  const text = await readSessionText(filesIn(dir).decision);
  const summary = text === null ? null : parseJsonObject(text);
  return isPlainName(summary?.dir_name) ? summary : null;
}

/** Whether a name stays in its folder. */
const isPlainName = (name: unknown): boolean => typeof name === 'string' && /^[\w-][\w.-]{0,199}$/.test(name);

async function prepare(published: string, { others }: SettledFiles): Promise<void> {
  // Of an attempt that was not finished.
  await rm(published, { recursive: true, force: true });
  await mkdir(published, { mode: 0o700 });
  for (const [name, text] of Object.entries(others))
    await writeFile(`${published}/${name}`, text, { flag: 'wx', mode: 0o600, flush: true });
}

/** @returns the summary with the name of its folder */
async function move(dir: string, summary: JsonObject, sessionsDir: string): Promise<JsonObject> {
  const { decision, events, trace, anomalies, published } = filesIn(dir);
  makeFolderSync(sessionsDir);
  const name = usualNameOf(summary);
  for (let number = 1; ; number += 1) {
    const dir_name = number === 1 ? name : `${name}-${number}`;
    const place = `${sessionsDir}/${dir_name}`;
    if ((await unlessMissing(lstat(place))) !== null) continue;
    const named = { ...summary, dir_name };
    const text = `${encodeJson(named, 2)}\n`;
    await writeFileAtomically(decision, text);
    for (const file of [events, trace, anomalies]) await unlessMissing(rename(file, `${published}/${basename(file)}`));
    await writeFileAtomically(`${published}/summary.json`, text);
    const isMoved = await rename(published, place).then(() => true, falseIfTaken);
    if (!isMoved) continue;
    for (const changed of [sessionsDir, dir]) await syncFolder(changed);
    return named;
  }
}

/** The id of a session is a stranger's text. */
function usualNameOf({ session_id, start_ts }: JsonObject): string {
  const id = String(session_id);
  return /^[\w-]{1,128}$/.test(id) ? id : `no_session_${String(start_ts).replaceAll(':', '-')}`;
}
