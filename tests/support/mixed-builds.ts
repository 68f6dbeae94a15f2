import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inject } from 'vitest';
import { tempFolder } from '../doubles/temp-folder.ts';

/** A program folder after an upgrade: the front of one build, the backend of another. @param version that of the other build */
export function mixBuilds(version = '9.8.7'): { readonly dir: string; readonly version: string } {
  const dir = join(tempFolder(), 'program');
  cpSync(inject('programDir'), dir, { recursive: true });
  const packageVersion = (JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }).version;
  const serverFile = join(dir, 'server.js');
  const source = readFileSync(serverFile, 'utf8');
  writeFileSync(serverFile, source.replaceAll(`"${packageVersion}`, `"${version}`));
  return { dir, version };
}
