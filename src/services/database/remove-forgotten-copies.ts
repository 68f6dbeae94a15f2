import { lstatSync, readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';

const nameOfCopy = /^(?<serverId>[\w-]+)\.\w{6}$/;

/**
 * Removes the copies of databases that servers left which died in the middle of a query; one that lives removes its own. Twice is safe.
 * @param liveServerIds asked after the listing, so that a server which begins meanwhile is not taken for dead
 * @returns how many were removed
 */
export async function removeForgottenCopies(
  copiesDir: string,
  liveServerIds: () => ReadonlySet<string>,
): Promise<number> {
  if (!lstatSync(copiesDir, { throwIfNoEntry: false })?.isDirectory()) return 0;
  const copies = readdirSync(copiesDir, { withFileTypes: true }).flatMap((entry) => {
    const serverId = nameOfCopy.exec(entry.name)?.groups?.serverId;
    return serverId !== undefined && entry.isDirectory() ? [{ dir: `${copiesDir}/${entry.name}`, serverId }] : [];
  });
  if (copies.length === 0) return 0;
  const live = liveServerIds();
  const forgotten = copies.filter(({ serverId }) => !live.has(serverId));
  for (const { dir } of forgotten) await rm(dir, { recursive: true, force: true });
  return forgotten.length;
}
