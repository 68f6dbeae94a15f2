import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { Answer } from './answer.ts';

const typeOf: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
};

/** The files of the page, by the path under which the browser asks for them. A path is looked up as it is, and leads nowhere else. */
export interface PageFiles {
  /** null: there is no such file. */
  answerTo(path: string): Promise<Answer | null>;
}

/** @throws what the system throws when the folder cannot be read */
export function createPageFiles(dir: string): PageFiles {
  const files = new Map(readdirSync(dir).map((name) => [name === 'index.html' ? '/' : `/${name}`, join(dir, name)]));
  return {
    async answerTo(path) {
      const file = files.get(path);
      const type = typeOf[extname(file ?? '')];
      if (file === undefined || type === undefined) return null;
      return { status: 200, headers: { 'content-type': type }, body: await readFile(file) };
    },
  };
}
