import type { HandshakeCache } from '../../services/handshake-cache/handshake-cache.ts';
import type { CliHost } from '../cli-host.ts';
import { paintFor, removalText, reportRemovals, titledBlock } from '../report.ts';
import { findEntry } from './cached-entry.ts';

/**
 * `maitred cache clear`: removes the entries that are named, or all. It does not ask: the next session makes them again.
 * @throws AppError as `findEntry` does, and then nothing is removed; `unavailable` if a file could not be removed; the rest is removed
 */
export function clearCache(host: CliHost, cache: HandshakeCache, given: readonly string[], asJson: boolean): void {
  const { entries } = cache.list();
  const keys = given.length === 0 ? undefined : given.map((key) => findEntry(key, entries).key);
  const { removed, bytes, failed } = cache.clear(keys);
  const sizes = removed.map(({ sizeBytes }) => sizeBytes);
  const what = { thing: 'file', isDone: true } as const;
  const commands = new Map(entries.map(({ key, command }) => [key, command]));
  const texts = removed.map(({ key }) => `${key}: ${commands.get(key) ?? 'a file that could not be used'}`);
  reportRemovals(host, asJson, {
    ...what,
    count: removed.length,
    json: {
      removed: removed.map(({ key, path, sizeBytes }) => ({
        key,
        path,
        command: commands.get(key) ?? null,
        bytes: sizeBytes,
      })),
      bytes,
      failed,
    },
    blocks: [titledBlock(paintFor(host), 'cached handshakes', removalText(sizes, what), texts)],
    failures: failed.map(({ why }) => why),
  });
}
