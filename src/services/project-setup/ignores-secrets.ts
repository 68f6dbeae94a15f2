import { readSmallFile } from '../platform/read-small-file.ts';

const maxBytes = 1_048_576;

/** Whether the project's `.maitred/.gitignore` keeps the secrets out of git by their name, or everything. */
export function ignoresSecrets(projectDir: string): boolean {
  const lines = (readSmallFile(`${projectDir}/.maitred/.gitignore`, maxBytes) ?? '').split('\n');
  return lines.some((line) => /^\/?(\.secrets\.yaml|\*)\s*$/.test(line));
}
