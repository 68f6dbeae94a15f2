import { AppError } from '../../domain/app-error.ts';
import { bytesText } from '../../domain/bytes-text.ts';
import type { JsonObject } from '../../domain/json-object.ts';
import { printable } from '../../domain/printable-text.ts';
import type { UpstreamHandshake } from '../../domain/upstream-handshake.ts';
import type { CacheEntry, HandshakeCache } from '../../services/handshake-cache/handshake-cache.ts';
import type { CliHost } from '../cli-host.ts';
import { isoTime, jsonText, type Paint, paintFor, row, titledBlock } from '../report.ts';
import { entryJson, findEntry, serverText } from './cached-entry.ts';

/**
 * `maitred cache show`: a cached handshake. With JSON, `handshake` is what the server answered, under the names of MCP.
 * @throws AppError as `findEntry` does; `not_found` if the entry is removed meanwhile
 */
export function showCached(host: CliHost, cache: HandshakeCache, given: string, asJson: boolean): void {
  const { key } = findEntry(given, cache.list().entries);
  const cached = cache.read(key);
  if (cached === null) throw new AppError('not_found', `${key} is no longer cached; maitred cache list shows the keys`);
  const { entry, handshake } = cached;
  host.stdout.write(
    asJson ? jsonText({ ...entryJson(entry), handshake }) : handshakeText(entry, handshake, paintFor(host)),
  );
}

function handshakeText(entry: CacheEntry, { lists }: UpstreamHandshake, paint: Paint): string {
  const head = [
    `${paint('strong', entry.key)}: ${printable(entry.command)}`,
    row('server', serverText(entry)),
    row('folder', entry.folder),
    row('client', `${entry.client || 'a client'}, protocol ${entry.protocolVersion}`),
    row('saved', String(isoTime(entry.savedAtMs))),
    row('file', `${entry.path}, ${bytesText(entry.sizeBytes)}`),
    '',
  ].join('\n');
  const block = (title: string, items: readonly JsonObject[] = [], name: string) =>
    titledBlock(
      paint,
      title,
      String(items.length),
      items.map((item) => String(item[name])),
    );
  const blocks = [
    block('tools', lists.tools, 'name'),
    block('prompts', lists.prompts, 'name'),
    block('resources', lists.resources, 'uri'),
    block('resource templates', lists.resourceTemplates, 'uriTemplate'),
  ];
  return [head, ...blocks.filter((text) => text !== '')].join('\n');
}
