import type { RunningSession } from '../../../domain/agent-session/session-record.ts';
import { type StepAnswer, stepAnswerSchema } from '../../../domain/agent-session/step-answer.schema.ts';
import { toFault } from '../../../domain/app-error.ts';
import { encodeJson } from '../../../domain/encode-json.ts';
import { parseJsonObject } from '../../../domain/json-object.ts';
import type { Log } from '../../../domain/log-record.ts';
import type { StateFolder } from '../../../domain/state-folder.ts';
import { entryKindAt } from '../../platform/entry-kind.ts';
import { openRegularFile } from '../../platform/open-regular-file.ts';
import { readLines } from '../../platform/read-lines.ts';
import { unlessMissing } from '../../platform/unless-missing.ts';
import { readSessionRecord, readSessionText } from './read-session-files.ts';
import { filesIn, sessionDirsIn } from './session-dir.ts';

/**
 * What is known of the session of a step. `settled`: how it ended. `none`: none has begun. `unknown`: it has not settled, or its files cannot be
 * read.
 */
export type StepSession =
  | (StepAnswer & {
      readonly state: 'settled';
      /** The name of its folder in the session log. */
      readonly dirName: string;
    })
  | { readonly state: 'none' }
  | { readonly state: 'unknown' };

/** Finds the sessions that steps of recipe runs asked for. */
export interface StepSessions {
  /**
   * Call it when the sessions of dead servers are recovered: until then they have not settled. Retention forgets a session. Writes nothing and
   * never rejects.
   * @param stepKey as `AgentSessionSpec.stepKey`
   */
  find(stepKey: string): Promise<StepSession>;
}

interface StepSessionsDeps {
  readonly folder: Pick<StateFolder, 'agentSessionsDir' | 'sessionsDir' | 'sessionIndexFile'>;
  /** What cannot be read is reported to it. */
  readonly log: Log;
}

const maxLineBytes = 1_048_576;

export function createStepSessions({ folder, log }: StepSessionsDeps): StepSessions {
  const find = async (stepKey: string): Promise<StepSession> => {
    // In this order: what settles meanwhile is in the index.
    const unsettled = await readUnsettled(folder.agentSessionsDir);
    if (unsettled.some((record) => record === null || record.step_key === stepKey)) return { state: 'unknown' };
    const dirName = await findInIndex(folder.sessionIndexFile, stepKey);
    if (dirName === null) return { state: 'none' };
    const text = await readSessionText(`${folder.sessionsDir}/${dirName}/step_answer.json`);
    const kept = stepAnswerSchema.safeParse(text === null ? null : parseJsonObject(text));
    return kept.success ? { state: 'settled', dirName, ...kept.data } : { state: 'unknown' };
  };
  return {
    find: (stepKey) =>
      find(stepKey).catch((problem: unknown) => {
        log.warning('step_session_not_read', { step: stepKey, error: toFault(problem).message });
        return { state: 'unknown' };
      }),
  };
}

/** The records of all sessions that have not settled; null for one that is damaged. */
async function readUnsettled(agentSessionsDir: string): Promise<readonly (RunningSession | null)[]> {
  const dirs = sessionDirsIn(agentSessionsDir).map(({ name }) => `${agentSessionsDir}/${name}`);
  const records = await Promise.all(dirs.map((dir) => readSessionRecord(filesIn(dir).record)));
  // It has settled, or another server has claimed it: then it has another name.
  const isOneMoved = dirs.some((dir, at) => records[at] === null && entryKindAt(dir) === null);
  return isOneMoved ? readUnsettled(agentSessionsDir) : records;
}

/** @returns the name of the folder of the session; null: the index does not name it */
async function findInIndex(path: string, stepKey: string): Promise<string | null> {
  const file = await unlessMissing(openRegularFile(path));
  if (file === null) return null;
  const wanted = encodeJson(stepKey);
  try {
    for await (const lines of readLines(file.handle, maxLineBytes, new AbortController().signal))
      for (const line of lines) {
        // To parse each line would take much longer.
        if (!line?.includes(wanted)) continue;
        const { step_key, dir_name } = parseJsonObject(line.toString()) ?? {};
        if (step_key === stepKey && typeof dir_name === 'string') return dir_name;
      }
  } finally {
    await file.handle.close();
  }
  return null;
}
