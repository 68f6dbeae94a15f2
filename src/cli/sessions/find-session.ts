import type {
  SessionReader,
  SettledLogEntry,
  UnsettledSession,
} from '../../services/state/agent-sessions/read-sessions.ts';
import { findById } from '../find-by-id.ts';

export type FoundSession = UnsettledSession | SettledLogEntry;

/** All sessions: those that have not settled, then the others, newest first. One that is settling is shown once. */
export async function readSessions(reader: SessionReader, limit: number, signal: AbortSignal) {
  const all = await reader.listUnsettled();
  const settled = await reader.listSettled(limit, signal);
  const keys = new Set(settled.map(({ entry }) => entry.key));
  return { unsettled: all.filter(({ key }) => !keys.has(key)), settled };
}

/** A name that no other session has. */
export const nameOf = (session: FoundSession): string =>
  session.kind === 'settled' ? session.entry.dir_name : session.key;

/** The name, followed by the id that its agent gave it. */
export function titleOf(session: FoundSession): string {
  const id = session.kind === 'settled' ? session.entry.session_id : (session.record?.session_id ?? '');
  return id === '' || id === nameOf(session) ? nameOf(session) : `${nameOf(session)} (${id})`;
}

/**
 * The session that a person names by its id, the name of its folder, or the beginning of one.
 * @throws AppError `not_found`, with the id that was probably meant; `invalid_input` if several sessions begin so
 */
export async function findSession(reader: SessionReader, given: string, signal: AbortSignal): Promise<FoundSession> {
  const { unsettled, settled } = await readSessions(reader, Number.POSITIVE_INFINITY, signal);
  return findById([...unsettled, ...settled], given, {
    noun: 'session',
    listCommand: 'maitred sessions list',
    nameOf,
    idsOf,
  });
}

function idsOf(session: FoundSession): readonly string[] {
  const ids =
    session.kind === 'settled'
      ? [session.entry.dir_name, session.entry.session_id, session.entry.key]
      : [session.key, session.record?.session_id ?? ''];
  return ids.filter((id) => id !== '');
}
