import { lstatSync } from 'node:fs';
import { AppError } from '../../domain/app-error.ts';
import { encodeJson } from '../../domain/encode-json.ts';
import { findExpired, handshakeRule, isOfKind } from '../../domain/retention.ts';
import { writeFileAtomically } from '../platform/files.ts';
import { removeQuietly } from '../platform/remove-quietly.ts';
import { namesIn } from '../platform/unless-missing.ts';
import {
  flawOfFile,
  type HandshakeFile,
  handshakeFormatVersion,
  handshakePath,
  mostHandshakeBytes,
  mostHandshakeMib,
} from './read-handshake.ts';

export interface HandshakeToWrite
  extends Pick<HandshakeFile, 'key' | 'identity' | 'protocolVersion' | 'command' | 'client' | 'handshake'> {
  /** `StateFolder.handshakesDir`. */
  readonly dir: string;
  /** Whether a text contains a secret that maitred knows, also one that is escaped in JSON. */
  containsSecret(text: string): boolean;
}

/**
 * Caches what a command has answered, for its next start: atomically, with mode 0600, in a folder with mode 0700. Then removes the files
 * that are too old or too many. Each start writes anew, so that a file's age is the time since its last use.
 * @throws AppError `unavailable` where the file cannot be written; `forbidden` where it would contain a secret, `invalid_input` where it would
 * be larger than what is read, or malformed. The file from before stays in all of these cases
 *
 * Cannot be cancelled. Of several writers at once, the last to finish wins. Twice is safe.
 */
export async function writeHandshake(toWrite: HandshakeToWrite): Promise<void> {
  const { dir, key, identity, protocolVersion, command, client, handshake, containsSecret } = toWrite;
  const formatVersion = handshakeFormatVersion;
  const savedAtMs = Date.now();
  const file: HandshakeFile = { formatVersion, key, identity, protocolVersion, savedAtMs, command, client, handshake };
  const flaw = flawOfFile({ ...file });
  if (flaw !== null)
    throw new AppError(
      'invalid_input',
      `What the server answered ${flaw}, so it is not saved, and the next start waits for the server: see what ${command} answers to initialize and to the lists.`,
    );
  const text = `${encodeJson(file)}\n`;
  if (containsSecret(text))
    throw new AppError(
      'forbidden',
      `The lists of the server contain a value of --env or --env-file, or a secret of the environment, so they are not saved, and the next start waits for the server. If it is no secret, set it as an ordinary variable in the client's entry instead; else see what ${command} writes into the lists.`,
    );
  if (Buffer.byteLength(text) > mostHandshakeBytes)
    throw new AppError(
      'invalid_input',
      `The lists of the server are larger than ${mostHandshakeMib} MiB, so they are not saved, and the next start waits for the server: shorten the lists.`,
    );
  const path = handshakePath(dir, key);
  await writeFileAtomically(path, text);
  removeExpired(dir);
}

function removeExpired(dir: string): void {
  const files = namesIn(dir)
    .filter((name) => isOfKind(handshakeRule, 'handshakes', name))
    .flatMap((name) => {
      const path = `${dir}/${name}`;
      const stats = lstatSync(path, { throwIfNoEntry: false });
      return stats?.isFile() ? [{ path, name, sizeBytes: stats.size, modifiedAtMs: stats.mtimeMs }] : [];
    });
  const circumstances = { nowMs: Date.now(), liveServerIds: new Set<string>() };
  for (const { file } of findExpired(files, handshakeRule, circumstances)) removeQuietly(file.path);
}
