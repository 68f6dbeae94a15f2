import { AppError, toFault } from '../../domain/app-error.ts';
import { isJsonObject, type JsonObject } from '../../domain/json-object.ts';
import type { Log } from '../../domain/log-record.ts';
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
  onInitialized(initialize);
  connection.notify('notifications/initialized');
  return { initialize, lists: await readLists(connection, initialize, log, signal) };
}

/** Reads all lists of a server that has been introduced. A list that the server refuses is left out. */
export async function readLists(
  connection: Asking,
  { capabilities }: JsonObject,
  log: Log,
  signal: AbortSignal,
): Promise<UpstreamHandshake['lists']> {
  const declared = isJsonObject(capabilities) ? capabilities : {};
  const lists: Partial<Record<UpstreamList, readonly JsonObject[]>> = {};
  for (const kind of listKinds) {
    if (declared[kind.capability] === undefined) continue;
    try {
      lists[kind.list] = await readPages(connection, kind, signal);
    } catch (problem) {
      signal.throwIfAborted();
      const { message, details } = toFault(problem);
      log.warning('list_refused', { method: kind.method, error: message, ...details });
    }
  }
  return lists;
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
    items.push(...page.filter(isJsonObject));
    cursor = result.nextCursor;
    if (cursor === undefined || cursor === null) return items;
    if (cursors.has(cursor) || cursors.size === mostPages || items.length > mostItems)
      throw new AppError('process_failed', `the pages of ${method} do not end`);
    cursors.add(cursor);
  }
}
