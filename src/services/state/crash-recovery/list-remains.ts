import { readdir } from 'node:fs/promises';
import { AppError } from '../../../domain/app-error.ts';
import { errorCodeOf } from '../../platform/error-code.ts';
import { nameOf, parseName, type Remain } from './remain.ts';

export interface Remains {
  readonly traces: readonly Remain[];
  readonly enrollments: readonly Remain[];
  has(remain: Remain): boolean;
}

/**
 * Says what lies in the tmpfs folder. One that does not exist is empty.
 * @throws AppError `unavailable`, naming the folder, when it cannot be read
 */
export async function listRemains(tmpfsDir: string): Promise<Remains> {
  const all = (await namesIn(tmpfsDir)).map(parseName).filter((remain) => remain !== null);
  const names = new Set(all.map(nameOf));
  return {
    traces: all.filter(({ kind }) => kind === 'trace'),
    enrollments: all.filter(({ kind }) => kind === 'enrollment'),
    has: (remain) => names.has(nameOf(remain)),
  };
}

async function namesIn(dir: string): Promise<readonly string[]> {
  try {
    return await readdir(dir);
  } catch (thrown) {
    const code = errorCodeOf(thrown);
    if (code === 'ENOENT') return [];
    throw new AppError('unavailable', `${dir} cannot be read (${code}): see that it is a folder this user may read`, {
      details: { path: dir },
      cause: thrown,
    });
  }
}
