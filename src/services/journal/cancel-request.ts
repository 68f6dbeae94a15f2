import { existsSync } from 'node:fs';
import { createFileAtomically } from '../platform/files.ts';
import { type RunFolder, readOwnPart } from './run-folder.ts';

/** @returns the file that it made; null: the run was asked before. @throws AppError `unavailable`, naming the path */
export const putCancelRequest = async ({ cancel }: RunFolder, who: string): Promise<string | null> =>
  (await createFileAtomically(cancel, `${who}\n`)) ? cancel : null;

/** As `OwnedRun.cancelRequest`. */
export const readCancelRequest = ({ cancel }: RunFolder, ownUid: number | null): string | null =>
  existsSync(cancel) ? readOwnPart(cancel, ownUid).toString().trimEnd() : null;
