import { lstat, rename, unlink } from 'node:fs/promises';
import { AppError } from '../../../domain/app-error.ts';
import { unlessMissing } from '../../platform/unless-missing.ts';
import type { RecoveryOptions } from './recovery-options.ts';
import { nameOf, type SessionFile } from './session-file.ts';

type Place = Pick<RecoveryOptions, 'tmpfsDir' | 'serverId'>;

export const pathOf = ({ tmpfsDir }: Pick<Place, 'tmpfsDir'>, file: SessionFile): string =>
  `${tmpfsDir}/${nameOf(file)}`;

/**
 * Claims a file for this server by renaming it; of several servers that try, one succeeds.
 * @returns false where another one was first
 * @throws AppError `conflict` where this server still has such a file of an earlier process with the same pid
 */
export async function claim(place: Place, file: SessionFile): Promise<boolean> {
  if (file.owner === place.serverId) return true;
  const claimed = pathOf(place, { ...file, owner: place.serverId });
  if ((await unlessMissing(lstat(claimed))) !== null) {
    throw new AppError('conflict', `${claimed} must be settled first.`, { details: { path: claimed } });
  }
  return (await unlessMissing(rename(pathOf(place, file), claimed).then(() => true))) ?? false;
}

/** Removes a file. Another server may be first. */
export async function remove(place: Place, file: SessionFile): Promise<void> {
  await unlessMissing(unlink(pathOf(place, file)));
}
