import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createContext, runInContext } from 'node:vm';
import { AppError } from '../../domain/app-error.ts';
import { isJsonObject } from '../../domain/json-object.ts';
import { startTimer } from '../../domain/timers.ts';
import type { Chart } from '../../drawing/chart.ts';
import type { Layout } from '../../drawing/layout.ts';

/**
 * Lays a chart out with the program that does it for the inspector's page: the layout library is too large to be in the build twice.
 * @throws AppError `unavailable` if that is missing
 */
export async function layOutChart(chart: Chart, programDir: string): Promise<Layout> {
  const file = join(programDir, 'inspector', 'layout-worker.js');
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new AppError('unavailable', `${file} cannot be read; reinstall maitred`, { cause });
  });
  return new Promise((resolve, reject) => {
    const listeners: ((message: { readonly data: unknown }) => void)[] = [];
    const globals = {
      addEventListener: (_type: string, listener: (typeof listeners)[number]) => listeners.push(listener),
      postMessage(answer: unknown) {
        if (isJsonObject(answer) && isJsonObject(answer.layout))
          resolve(structuredClone(answer.layout) as unknown as Layout);
        else reject(new AppError('internal', 'the recipe could not be laid out'));
      },
      setTimeout: (run: () => void, ms = 0) => void startTimer(run, ms).ref(),
    };
    const context = createContext(globals);
    runInContext('self = globalThis', context);
    runInContext(text, context, { filename: file });
    for (const listener of listeners) listener({ data: { id: 1, chart } });
  });
}
