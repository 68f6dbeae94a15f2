import { type BigIntStats, realpathSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { canonicalJson } from '../../domain/canonical-json.ts';
import { encodeJson } from '../../domain/encode-json.ts';
import { hashText } from '../../domain/hash-text.ts';
import type { JsonObject } from '../../domain/json-object.ts';
import { findExecutable } from './find-executable.ts';
import { type LocatedCommand, packageFilesOf } from './package-files.ts';

const scriptName = /\.(m?js|cjs|m?ts|py|pyz|rb|php|sh|jar)$/;

/**
 * What the answers of a command depend on, as far as files show it: its arguments and working folder, its program, the scripts among its
 * arguments, the installed copies of the package that it names (`npx`, `uvx`), and variables. Short texts, each of which says what it is;
 * arguments, their paths and values of variables are in them as hashes only, since they may be secrets. Runs before the transport is open:
 * it asks the file system some dozen times, starts no program and uses no network. Never throws.
 *
 * A package that is installed or renewed while the command starts changes its identity. So what the command has answered is saved under the
 * identity that it has then.
 * @param keyEnv names of variables, in any order
 */
export function commandIdentity(command: LocatedCommand, keyEnv: readonly string[]): readonly string[] {
  const { file, args, cwd, env } = command;
  const scripts = args.filter((arg) => scriptName.test(arg)).map((arg) => resolve(cwd, arg));
  return [
    `arguments:${hashText(encodeJson([file, ...args]))}`,
    `folder:${cwd}`,
    `program:${programText(command)}`,
    ...scripts.flatMap((path) => (statsOf(path)?.isFile() ? hashedStamp('script', path) : [])),
    ...packageFilesOf(command).flatMap((path) => hashedStamp('package', path)),
    ...[...new Set(keyEnv)].sort().map((name) => `variable:${name}:${valueText(env[name])}`),
  ];
}

/** 16 hex digits for what a command answers to a client. The order of the members of `capabilities` has no meaning. */
export function cacheKey(
  identity: readonly string[],
  { protocolVersion, capabilities }: { readonly protocolVersion: string; readonly capabilities: JsonObject },
): string {
  return hashText(canonicalJson([identity, protocolVersion, capabilities]));
}

function programText(command: LocatedCommand): string {
  const found = findExecutable(command);
  if ('errno' in found) return 'none';
  try {
    const path = realpathSync.native(found.path);
    return `${path}${stampOf(statsOf(path))}`;
  } catch {
    return 'none'; // It was removed meanwhile.
  }
}

function hashedStamp(what: string, path: string): string[] {
  const stats = statsOf(path);
  return stats === null ? [] : [`${what}:${hashText(path)}${stampOf(stats)}`];
}

const stampOf = (stats: BigIntStats | null): string => (stats === null ? '' : `:${stats.size}:${stats.mtimeNs}`);

const valueText = (value: string | undefined): string => (value === undefined ? 'unset' : hashText(value));

function statsOf(path: string): BigIntStats | null {
  try {
    return statSync(path, { bigint: true, throwIfNoEntry: false }) ?? null;
  } catch {
    // What cannot be seen is as good as absent.
    return null;
  }
}
