import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Writes `<folder>/<name>/SKILL.md`.
 * @returns its path
 */
export function plantSkill(folder: string, name: string, text: string | Uint8Array): string {
  const dir = join(folder, name);
  mkdirSync(dir, { recursive: true });
  const path = join(dir, 'SKILL.md');
  writeFileSync(path, text);
  return path;
}

/** A SKILL.md of lines of frontmatter. */
export const skillText = (lines: readonly string[], body = 'Do it.\n'): string =>
  `---\n${lines.map((line) => `${line}\n`).join('')}---\n${body}`;
