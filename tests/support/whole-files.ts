import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** Files in a folder and below with a JSON name but without valid JSON; what is unfinished has a hidden name, or is in a hidden folder. */
export function brokenJsonIn(dir: string): string[] {
  if (!existsSync(dir)) return [];
  const files = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files
    .map(({ parentPath, name }) => `${parentPath}/${name}`)
    .filter((path) => !isUnfinished(path) && !isWhole(path));
}

const isUnfinished = (path: string) => /\/\.[^/]+\.tmp(-\w{6})?(\/|$)/.test(path);

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
