import type { SessionEvent } from '../../domain/agent-session/session-record.ts';
import { encodeJson } from '../../domain/encode-json.ts';
import { printable } from '../../domain/printable-text.ts';
import type { StateFolder } from '../../domain/state-folder.ts';
import { readOwnUid } from '../../services/platform/own-uid.ts';
import { followSession } from '../../services/state/agent-sessions/follow-session.ts';
import type { SessionReader } from '../../services/state/agent-sessions/read-sessions.ts';
import type { CliHost } from '../cli-host.ts';
import { outputOf } from '../inspect/stream-servers.ts';
import { paintFor, writeRemark } from '../report.ts';
import { createEventLines } from './event-lines.ts';
import { type FoundSession, findSession, nameOf, titleOf } from './find-session.ts';
import { lostText, outcomeText } from './session-state-text.ts';

export interface TailRequest {
  readonly folder: StateFolder;
  readonly id: string;
  readonly asJson: boolean;
}

/**
 * `maitred sessions tail`: ends when the session has settled or is lost, at a request to end, or when stdout is closed. With JSON, the last line
 * is its outcome.
 * @throws AppError as `findSession` and the reader do
 */
export async function tailSession(
  host: CliHost,
  reader: SessionReader,
  { folder, id, asJson }: TailRequest,
): Promise<void> {
  const ending = new AbortController();
  const { signal } = ending;
  const session = await findSession(reader, id, signal);
  const output = outputOf(host, () => ending.abort());
  void host.whenAskedToEnd().then(() => ending.abort());
  const paint = paintFor(host);
  const linesOf = createEventLines(paint);
  const print = async (event: SessionEvent) => {
    const lines = asJson ? [printable(encodeJson(event))] : linesOf(event);
    for (const line of lines) await output.write(`${line}\n`);
  };
  let hasEvents = false;
  try {
    for await (const event of eventsOf(session, { host, reader, folder, signal })) {
      hasEvents = true;
      await print(event);
    }
  } catch (problem) {
    if (!signal.aborted) throw problem;
  }
  if (signal.aborted) return;
  const ended = await findSession(reader, session.kind === 'settled' ? nameOf(session) : session.key, signal);
  if (ended.kind === 'settled') {
    // It settled after it was found, and before its file was opened.
    if (!hasEvents) for await (const event of reader.readEvents(ended, signal)) await print(event);
    const text = `${paint('strong', printable(titleOf(ended)))}: ${outcomeText(ended.entry, paint)}`;
    await output.write(`${asJson ? printable(encodeJson({ type: 'settled', ...ended.entry })) : text}\n`);
    return;
  }
  const text = `${paint('strong', printable(titleOf(ended)))}: ${paint('bad', lostText)}`;
  await output.write(`${asJson ? encodeJson({ type: 'lost', key: ended.key }) : text}\n`);
}

interface Place {
  readonly host: CliHost;
  readonly reader: SessionReader;
  readonly folder: StateFolder;
  readonly signal: AbortSignal;
}

const eventsOf = (session: FoundSession, { host, reader, folder, signal }: Place): AsyncIterable<SessionEvent> =>
  session.kind === 'settled'
    ? reader.readEvents(session, signal)
    : followSession({
        folder,
        ownUid: readOwnUid(),
        key: session.key,
        signal,
        report: (problem) => writeRemark(host, problem),
      });
