import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** Files in a folder and below with a JSON name but without valid JSON. */
export function brokenJsonIn(dir: string): string[] {
  if (!existsSync(dir)) return [];
  const files = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.map(({ parentPath, name }) => `${parentPath}/${name}`).filter((path) => !isWhole(path));
}

function isWhole(path: string): boolean {
  if (path.endsWith('.json')) return isJson(readFileSync(path, 'utf8'));
  if (!path.endsWith('.jsonl')) return true;
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines.pop() === '' && lines.every(isJson);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
