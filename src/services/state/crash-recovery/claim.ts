import { lstat, rename, unlink } from 'node:fs/promises';
import { AppError } from '../../../domain/app-error.ts';
import { errorCodeOf } from '../../platform/error-code.ts';
import type { RecoveryOptions } from './recovery-options.ts';
import { nameOf, type Remain } from './remain.ts';

type Place = Pick<RecoveryOptions, 'tmpfsDir' | 'serverId'>;

export const pathOf = ({ tmpfsDir }: Pick<Place, 'tmpfsDir'>, remain: Remain): string =>
  `${tmpfsDir}/${nameOf(remain)}`;

/**
 * Makes a file this server's own by renaming it, which of several servers one can do.
 * @returns false where another one was first
 * @throws AppError `conflict` where this server still has such a file of an earlier process with the same pid
 */
export async function claim(place: Place, remain: Remain): Promise<boolean> {
  if (remain.owner === place.serverId) return true;
  const claimed = pathOf(place, { ...remain, owner: place.serverId });
  if ((await unlessMissing(lstat(claimed))) !== null) {
    throw new AppError('conflict', `${claimed} is to be settled first.`, { details: { path: claimed } });
  }
  return (await unlessMissing(rename(pathOf(place, remain), claimed).then(() => true))) ?? false;
}

/** Removes a file; another one may have been first. */
export async function remove(place: Place, remain: Remain): Promise<void> {
  await unlessMissing(unlink(pathOf(place, remain)));
}

async function unlessMissing<Result>(result: Promise<Result>): Promise<Result | null> {
  try {
    return await result;
  } catch (thrown) {
    if (errorCodeOf(thrown) === 'ENOENT') return null;
    throw thrown;
  }
}
