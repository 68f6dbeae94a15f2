import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Answer } from './answer.ts';

/** The charts that the build laid out, by their hash. */
export interface KnownCharts {
  /** null: the build did not lay out this chart. */
  answerTo(hash: string): Promise<Answer | null>;
}

/** Reads the folder at the first request. */
export function createKnownCharts(dir: string): KnownCharts {
  let texts: Promise<ReadonlyMap<string, string>> | null = null;
  return {
    async answerTo(hash) {
      texts ??= readCharts(dir);
      const text = (await texts).get(hash);
      return text === undefined ? null : { status: 200, headers: { 'content-type': 'application/json' }, body: text };
    },
  };
}

async function readCharts(dir: string): Promise<ReadonlyMap<string, string>> {
  const files = (await readdir(dir)).filter((name) => name.endsWith('.json'));
  const texts = await Promise.all(files.map((name) => readFile(join(dir, name), 'utf8')));
  return new Map(texts.map((text) => [(JSON.parse(text) as { hash: string }).hash, text]));
}
