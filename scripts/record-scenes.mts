import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { SceneName } from '../tests/fixtures/write-recording.ts';
import { programOptions } from './build.mts';

/** Writes recordings of scenes into a folder and returns their files by name. A scene always gives the same bytes. */
export async function recordScenes<Name extends SceneName>(
  dir: string,
  ...names: readonly Name[]
): Promise<Readonly<Record<Name, string>>> {
  const outfile = join(dir, 'write-recording.cjs');
  await build({ ...programOptions(), entryPoints: ['tests/fixtures/write-recording.ts'], outfile });
  const files = Object.fromEntries(names.map((name) => [name, join(dir, `${name}.jsonl`)])) as Record<Name, string>;
  for (const name of names) execFileSync(process.execPath, [outfile, name, files[name]]);
  rmSync(outfile);
  return files;
}

if (process.argv[1] === import.meta.filename) {
  const [dir = '.', ...names] = process.argv.slice(2);
  await recordScenes(dir, ...(names as SceneName[]));
}
