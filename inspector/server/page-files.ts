import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { AppError } from '../../src/domain/app-error.ts';
import type { Answer } from './answer.ts';

const typeOf: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
};

/** The files of the page by URL path. A path is only looked up in a map, so it cannot lead to another folder. */
export interface PageFiles {
  /** null: there is no such file. */
  answerTo(path: string): Promise<Answer | null>;
}

/** @throws AppError `unavailable` if the folder cannot be read */
export function createPageFiles(dir: string): PageFiles {
  const files = new Map(namesIn(dir).map((name) => [name === 'index.html' ? '/' : `/${name}`, join(dir, name)]));
  return {
    async answerTo(path) {
      const file = files.get(path);
      const type = typeOf[extname(file ?? '')];
      if (file === undefined || type === undefined) return null;
      return { status: 200, headers: { 'content-type': type }, body: await readFile(file) };
    },
  };
}

function namesIn(dir: string): string[] {
  try {
    return readdirSync(dir);
  } catch (cause) {
    throw new AppError('unavailable', `${dir} is not the page of this build. Install maitred again`, { cause });
  }
}
