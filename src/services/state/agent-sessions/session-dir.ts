import { serverIdOf } from '../../../domain/retention.ts';
import { entryKindAt } from '../../platform/entry-kind.ts';
import { namesIn } from '../../platform/unless-missing.ts';

/** The name of a session's folder: `<server id>.<number>`, its key; `<server id>.<key>` while that server recovers it. */
export interface SessionDirName {
  readonly name: string;
  readonly key: string;
  /** The server that changes it: its own, or the one that recovers it. */
  readonly owner: string;
  readonly isRecovered: boolean;
}

const pattern = /^(?:[\w-]{1,64}\.)?([\w-]{1,64}\.\d{1,15})$/;

/** The folders of sessions in a folder. A link is none: what is written to a session would be written elsewhere. */
export function sessionDirsIn(dir: string): readonly SessionDirName[] {
  return namesIn(dir).flatMap((name) => {
    const key = pattern.exec(name)?.[1];
    if (key === undefined || entryKindAt(`${dir}/${name}`) !== 'folder') return [];
    return [{ name, key, owner: serverIdOf({ name }), isRecovered: key !== name }];
  });
}

/** The files in the folder of a session. */
export const filesIn = (dir: string) => ({
  record: `${dir}/record.json`,
  events: `${dir}/events.jsonl`,
  /** Snapshots of its processes, and what is unusual in them. Missing where there is none. */
  trace: `${dir}/proc_trace.jsonl`,
  anomalies: `${dir}/anomalies.jsonl`,
  /** Its summary, once its outcome is decided: from then on only the steps that publish it are left. */
  decision: `${dir}/settled.json`,
  /** What becomes its folder in the session log. */
  published: `${dir}/settled`,
});
