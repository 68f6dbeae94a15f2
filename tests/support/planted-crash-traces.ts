import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { aDeadProcess, aServerRecord, plantRecord } from '../doubles/server-records.ts';
import { aDeadPid, plantSession } from '../services/state/crash-recovery/crash-site.ts';
import type { MarkedWorld } from './marked-world.ts';

/** What servers and sessions have left in a world that died without leaving. */
export interface Remains {
  plant(counts: { readonly servers: number; readonly sessions: number }): void;
  readonly serverIds: readonly string[];
  /** The folders that the sessions are to have in the end. */
  readonly sessionDirs: readonly string[];
}

/** What has become of them; everything in order, and what is there twice stands twice. */
export interface Settled {
  readonly serverIds: readonly string[];
  readonly sessionDirs: readonly string[];
  /** Those that the index names. */
  readonly sessionLines: readonly string[];
  /** What still lies where it was planted, or where it was brought to be settled. */
  readonly unsettled: readonly string[];
}

export function remainsIn({ stateFolder, tmpfsDir }: MarkedWorld): Remains {
  const serverIds: string[] = [];
  const sessionDirs: string[] = [];
  return {
    serverIds,
    sessionDirs,
    plant({ servers, sessions }) {
      for (let planted = 0; planted < servers; planted += 1) {
        const serverId = `dead-${serverIds.length}`;
        mkdirSync(stateFolder.serversDir, { recursive: true, mode: 0o700 });
        plantRecord(stateFolder, aServerRecord({ serverId, process: aDeadProcess() }));
        serverIds.push(serverId);
      }
      for (let planted = 0; planted < sessions; planted += 1) {
        const pid = aDeadPid + sessionDirs.length;
        const { starttime_ticks } = plantSession({ tmpfsDir, stateFolder }, { enrollment: { pid } });
        sessionDirs.push(`crashed_${pid}_${starttime_ticks}`);
      }
    },
  };
}

export function settledIn({ stateFolder, tmpfsDir }: MarkedWorld): Settled {
  const { serverLogFile, sessionIndexFile, sessionsDir, serversDir, recoveringDir } = stateFolder;
  const recovered = objectsIn(serverLogFile).filter(({ event }) => event === 'dead_server_recovered');
  const unsettled = [tmpfsDir, recoveringDir, serversDir].flatMap(namesIn).filter((name) => !isUnfinished(name));
  return {
    serverIds: recovered.map(({ dead_server_id }) => String(dead_server_id)).sort(),
    sessionDirs: namesIn(sessionsDir).filter((name) => !isUnfinished(name)),
    sessionLines: objectsIn(sessionIndexFile)
      .map(({ dir_name }) => String(dir_name))
      .sort(),
    unsettled,
  };
}

/** What a write that was killed leaves; it is cleared away when it is an hour old. */
const isUnfinished = (name: string) => /^\..+\.tmp(-\w{6})?$/.test(name);

const namesIn = (dir: string) => (existsSync(dir) ? readdirSync(dir).sort() : []);

/** @throws SyntaxError where a line is no JSON */
function objectsIn(file: string): Record<string, unknown>[] {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Record<string, unknown>]));
}
