import { AppError, toFault } from '../../domain/app-error.ts';
import { isJsonObject, type JsonObject } from '../../domain/json-object.ts';
import type { Log } from '../../domain/log-record.ts';
import { isNestedDeeper, mostLevels } from '../../domain/nesting.ts';
import { startTimer } from '../../domain/timers.ts';
import type { UpstreamHandshake, UpstreamList } from '../../domain/upstream-handshake.ts';
import type { UpstreamConnection } from './upstream-connection.ts';

interface ListKind {
  readonly method: string;
  readonly capability: string;
  /** The member of the result that holds the items. */
  readonly list: UpstreamList;
}

const listKinds: readonly ListKind[] = [
  { method: 'tools/list', capability: 'tools', list: 'tools' },
  { method: 'prompts/list', capability: 'prompts', list: 'prompts' },
  { method: 'resources/list', capability: 'resources', list: 'resources' },
  { method: 'resources/templates/list', capability: 'resources', list: 'resourceTemplates' },
];

/** Tools are what a session is for: the start waits for them as long as it may. Every other list that does not come in time is left out. */
const mostListMs = 5_000;
const mostPages = 1_000;
const mostItems = 100_000;

type Asking = Pick<UpstreamConnection, 'request' | 'notify'>;

export interface HandshakeScope {
  readonly log: Log;
  readonly signal: AbortSignal;
  onInitialized(result: JsonObject): void;
}

/**
 * Introduces a client to a server, and reads its lists.
 * @param introduction the client's params of initialize
 * @param onInitialized takes the result of initialize before the lists are read: a server may ask its client for something first
 * @throws AppError `process_failed` where the server refuses, or answers something else; the signal's reason
 */
export async function shakeHands(
  connection: Asking,
  introduction: JsonObject,
  { log, signal, onInitialized }: HandshakeScope,
): Promise<UpstreamHandshake> {
  const initialize = await connection.request('initialize', introduction, signal);
  const { protocolVersion, capabilities } = initialize;
  if (typeof protocolVersion !== 'string' || !isJsonObject(capabilities))
    throw new AppError(
      'process_failed',
      'the answer of the server to initialize has no protocolVersion or capabilities',
    );
  if (isNestedDeeper(initialize, mostLevels))
    throw new AppError('process_failed', 'the answer of the server to initialize is nested too deeply');
  onInitialized(initialize);
  connection.notify('notifications/initialized');
  return { initialize, lists: await readLists(connection, initialize, log, signal) };
}

/** Reads all lists of a server that has been introduced. A list that the server refuses, or does not send in time, is left out. */
export async function readLists(
  connection: Asking,
  { capabilities }: JsonObject,
  log: Log,
  signal: AbortSignal,
): Promise<UpstreamHandshake['lists']> {
  const declared = isJsonObject(capabilities) ? capabilities : {};
  const kinds = listKinds.filter(({ capability }) => declared[capability] !== undefined);
  const reading = kinds.map(async (kind): Promise<(readonly [UpstreamList, readonly JsonObject[]])[]> => {
    try {
      return [[kind.list, await readInTime(connection, kind, signal)]];
    } catch (problem) {
      signal.throwIfAborted();
      const { message, details } = toFault(problem);
      log.warning('list_refused', { method: kind.method, error: message, ...details });
      return [];
    }
  });
  return Object.fromEntries((await Promise.all(reading)).flat());
}

async function readInTime(connection: Asking, kind: ListKind, signal: AbortSignal): Promise<readonly JsonObject[]> {
  if (kind.list === 'tools') return readPages(connection, kind, signal);
  const asking = new AbortController();
  const { method } = kind;
  const onTimeout = () =>
    asking.abort(new AppError('timed_out', `the server did not answer ${method} within ${mostListMs / 1_000} s`));
  const onAbort = () => asking.abort(signal.reason);
  const timer = startTimer(onTimeout, mostListMs);
  signal.addEventListener('abort', onAbort);
  try {
    return await readPages(connection, kind, asking.signal);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}

async function readPages(
  { request }: Asking,
  { method, list }: ListKind,
  signal: AbortSignal,
): Promise<readonly JsonObject[]> {
  const items: JsonObject[] = [];
  const cursors = new Set<unknown>();
  for (let cursor: unknown; ; ) {
    const result = await request(method, cursor === undefined ? {} : { cursor }, signal);
    const page = result[list];
    if (!Array.isArray(page))
      throw new AppError('process_failed', `the answer of the server to ${method} has no list of ${list}`);
    if (isNestedDeeper(page, mostLevels))
      throw new AppError('process_failed', `the answer of the server to ${method} is nested too deeply`);
    for (const item of page) if (isJsonObject(item)) items.push(item);
    cursor = result.nextCursor;
    if (cursor === undefined || cursor === null || cursor === '') return items;
    if (cursors.has(cursor) || cursors.size === mostPages || items.length > mostItems)
      throw new AppError('process_failed', `the pages of ${method} do not end`);
    cursors.add(cursor);
  }
}
