import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { generatedPages } from './docs/generated-pages.mts';

for (const { path, text } of await generatedPages()) {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
  process.stdout.write(`${path}\n`);
}
