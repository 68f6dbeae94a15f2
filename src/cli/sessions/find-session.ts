import { AppError } from '../../domain/app-error.ts';
import { nearestName } from '../../domain/nearest-name.ts';
import type {
  SessionReader,
  SettledLogEntry,
  UnsettledSession,
} from '../../services/state/agent-sessions/read-sessions.ts';
import { quote } from '../../services/yaml/describe-value.ts';

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
  const sessions = [...unsettled, ...settled];
  const matches = [
    (session: FoundSession) => nameOf(session) === given,
    (session: FoundSession) => idsOf(session).includes(given),
    (session: FoundSession) => given !== '' && idsOf(session).some((id) => id.startsWith(given)),
  ];
  for (const isMatch of matches) {
    const [session, ...others] = sessions.filter(isMatch);
    if (session === undefined) continue;
    if (others.length === 0) return session;
    const names = [session, ...others].slice(0, mostNames).map(nameOf).join(', ');
    throw new AppError(
      'invalid_input',
      `${quote(given)} matches several sessions: ${names}; give more characters of the id`,
    );
  }
  throw unknownId(given, sessions);
}

const mostNames = 5;

function idsOf(session: FoundSession): readonly string[] {
  const ids =
    session.kind === 'settled'
      ? [session.entry.dir_name, session.entry.session_id, session.entry.key]
      : [session.key, session.record?.session_id ?? ''];
  return ids.filter((id) => id !== '');
}

function unknownId(given: string, sessions: readonly FoundSession[]): AppError {
  const beginnings = new Map(
    sessions.flatMap((session) => idsOf(session).map((id) => [id.slice(0, given.length), nameOf(session)])),
  );
  const near = nearestName(given, beginnings.keys());
  const hint = near === undefined ? 'maitred sessions list shows the ids' : `did you mean ${beginnings.get(near)}?`;
  return new AppError('not_found', `no session has the id ${quote(given)}; ${hint}`);
}
