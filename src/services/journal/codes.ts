import { createHash, randomInt, randomUUID, timingSafeEqual } from 'node:crypto';
import { rename } from 'node:fs/promises';
import { encodeJson } from '../../domain/encode-json.ts';
import { parseJsonObject } from '../../domain/json-object.ts';
import { createFileAtomically, writeFileAtomically } from '../platform/files.ts';
import { removeQuietly } from '../platform/remove-quietly.ts';
import { unlessMissing } from '../platform/unless-missing.ts';
import { checkName, type RunFolder, readOwnPart } from './run-folder.ts';

/** Without what looks alike: 0 and O, 1, I and L. */
const alphabet = '23456789ABCDEFGHJKMNPQRSTUVWXYZ';
const groupLength = 4;
const mostWrongCodes = 5;

/** As `Journals.issueCode`. */
export async function issueCode({ codesDir }: RunFolder, gate: string): Promise<string> {
  checkName('gate', gate);
  const aGroup = () => Array.from({ length: groupLength }, () => alphabet[randomInt(alphabet.length)]).join('');
  const code = `${aGroup()}-${aGroup()}`;
  await writeFileAtomically(`${codesDir}/${gate}`, encodeFile(hashOf(gate, code), 0));
  return code;
}

/** As `Journals.redeemCode`. */
export async function redeemCode(
  { codesDir }: RunFolder,
  gate: string,
  code: string,
  ownUid: number | null,
): Promise<boolean> {
  checkName('gate', gate);
  const path = `${codesDir}/${gate}`;
  // Of several calls at once, one gets the file.
  const taken = `${codesDir}/.${gate}.${randomUUID()}`;
  const isTaken = await unlessMissing(rename(path, taken).then(() => true));
  if (isTaken === null) return false;
  try {
    const { hash, wrong } = parseJsonObject(readOwnPart(taken, ownUid).toString()) ?? {};
    if (typeof hash !== 'string' || typeof wrong !== 'number') return false;
    const [given, right] = [Buffer.from(hashOf(gate, code)), Buffer.from(hash)];
    if (given.length === right.length && timingSafeEqual(given, right)) return true;
    if (wrong + 1 < mostWrongCodes) await createFileAtomically(path, encodeFile(hash, wrong + 1));
    return false;
  } finally {
    removeQuietly(taken);
  }
}

const encodeFile = (hash: string, wrong: number): string => `${encodeJson({ hash, wrong })}\n`;

const hashOf = (gate: string, code: string): string =>
  createHash('sha256')
    .update(`${gate} ${code.replaceAll(/[\s-]/g, '').toUpperCase()}`)
    .digest('hex');
