import { AppError } from '../../domain/app-error.ts';
import { countText } from '../../domain/count-text.ts';
import { nearestName } from '../../domain/nearest-name.ts';
import type { CacheEntry } from '../../services/handshake-cache/handshake-cache.ts';
import { quote } from '../../services/yaml/describe-value.ts';
import { isoTime } from '../report.ts';

/**
 * The entry that a person names by its key or the beginning of the key.
 * @throws AppError `not_found`, with the key that was probably meant; `invalid_input` for the beginning of several keys
 */
export function findEntry(given: string, entries: readonly CacheEntry[]): CacheEntry {
  const digits = given.toLowerCase();
  const found = entries.filter(({ key }) => digits !== '' && key.startsWith(digits));
  const [entry] = found;
  if (entry === undefined) throw unknownKey(given, digits, entries);
  if (found.length === 1) return entry;
  const keys = found.map(({ key }) => key).join(', ');
  throw new AppError(
    'invalid_input',
    `${quote(given)} is the beginning of several keys: ${keys}; give more characters of the key`,
  );
}

function unknownKey(given: string, digits: string, entries: readonly CacheEntry[]): AppError {
  const beginnings = new Map(entries.map(({ key }) => [key.slice(0, digits.length), key]));
  const near = nearestName(digits, beginnings.keys());
  const hint = near === undefined ? 'maitred cache list shows the keys' : `did you mean ${beginnings.get(near)}?`;
  return new AppError('not_found', `no cached handshake has the key ${quote(given)}; ${hint}`);
}

/** `echo 1.2.0` */
export const serverText = ({ serverName, serverVersion }: CacheEntry): string =>
  `${serverName || 'a server'} ${serverVersion}`.trimEnd();

/** `2 tools, 1 prompt`, without what there is none of. */
export function offersText({ counts }: CacheEntry): string {
  const offers = [
    [counts.tools, 'tool'],
    [counts.prompts, 'prompt'],
    [counts.resources, 'resource'],
    [counts.resourceTemplates, 'resource template'],
  ] as const;
  const texts = offers.flatMap(([count, noun]) => (count === 0 ? [] : [countText(count, noun)]));
  return texts.join(', ') || 'no tools';
}

/** snake_case, the size in bytes, the time as an ISO string. */
export const entryJson = (entry: CacheEntry) => ({
  key: entry.key,
  path: entry.path,
  command: entry.command,
  folder: entry.folder,
  client: entry.client,
  protocol_version: entry.protocolVersion,
  server_name: entry.serverName,
  server_version: entry.serverVersion,
  tools: entry.counts.tools,
  prompts: entry.counts.prompts,
  resources: entry.counts.resources,
  resource_templates: entry.counts.resourceTemplates,
  bytes: entry.sizeBytes,
  saved_at: isoTime(entry.savedAtMs),
});
