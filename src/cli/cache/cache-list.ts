import { bytesText } from '../../domain/bytes-text.ts';
import { durationText } from '../../domain/duration-text.ts';
import { printable } from '../../domain/printable-text.ts';
import type { CacheEntry, HandshakeCache } from '../../services/handshake-cache/handshake-cache.ts';
import type { CliHost } from '../cli-host.ts';
import { jsonText, paintFor, writeRemark } from '../report.ts';
import { entryJson, offersText, serverText } from './cached-entry.ts';

/** `maitred cache list`. Files that cannot be read are remarks. */
export function listCache(host: CliHost, cache: HandshakeCache, asJson: boolean): void {
  const { entries, unreadable } = cache.list();
  const paint = paintFor(host);
  const texts = entries.map((entry) => `${paint('strong', entry.key)}: ${entryText(entry)}\n`);
  const text = texts.join('') || 'No handshake is cached. maitred wrap --warm -- COMMAND caches one.\n';
  host.stdout.write(asJson ? jsonText({ entries: entries.map(entryJson), unreadable }) : text);
  for (const { why } of unreadable) writeRemark(host, `ignored: ${why}`);
}

function entryText(entry: CacheEntry): string {
  const ageMs = Math.max(0, Date.now() - entry.savedAtMs);
  const facts = `${offersText(entry)}; ${bytesText(entry.sizeBytes)}, saved ${durationText(ageMs)} ago`;
  const place = `in ${entry.folder}, for ${entry.client || 'a client'} with protocol ${entry.protocolVersion}`;
  return [entry.command, place, `${serverText(entry)}: ${facts}`].map(printable).join('\n  ');
}
