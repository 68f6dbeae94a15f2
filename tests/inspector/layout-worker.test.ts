import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createContext, runInContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { layOutChart } from '../../inspector/model/lay-out-chart.ts';
import type { LayoutAnswer, LayoutRequest } from '../../inspector/page/chart/layout-messages.ts';
import { buildInspector } from '../../scripts/build-inspector.mts';
import { aRecipe } from '../drawing/a-recipe.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'maitred-page-'));
  await buildInspector(dir);
});
afterAll(() => rm(dir, { recursive: true, force: true }));

/** Runs the worker like a browser: with its own global object and without a document. */
async function startWorker() {
  const listeners: ((message: { data: LayoutRequest }) => void)[] = [];
  const answers: ((answer: LayoutAnswer) => void)[] = [];
  const globals = {
    onmessage: undefined as (typeof listeners)[number] | undefined,
    addEventListener: (_: string, listener: (typeof listeners)[number]) => listeners.push(listener),
    postMessage: (answer: LayoutAnswer) => answers.shift()?.(answer),
    setTimeout,
    clearTimeout,
  };
  const context = createContext(globals);
  runInContext('globalThis.self = globalThis', context);
  runInContext(await readFile(join(dir, 'layout-worker.js'), 'utf8'), context);
  return (request: LayoutRequest) =>
    new Promise<LayoutAnswer>((resolve) => {
      answers.push(resolve);
      for (const listener of [...listeners, globals.onmessage]) listener?.({ data: request });
    });
}

describe('the worker of the page', () => {
  it('lays a chart out as the build does', async () => {
    const ask = await startWorker();
    const chart = aRecipe();
    const answer = await ask({ id: 7, chart });
    expect(answer).toMatchObject({ id: 7, problem: null });
    expect(JSON.stringify(answer.layout)).toBe(JSON.stringify(await layOutChart(chart)));
  });

  it('reports a chart that it cannot lay out, and continues', async () => {
    const ask = await startWorker();
    const chart = aRecipe();
    const broken = { ...chart, edges: chart.edges.map((edge) => ({ ...edge, toId: 'nowhere' })) };
    expect(await ask({ id: 1, chart: broken })).toMatchObject({ id: 1, layout: null, problem: expect.any(String) });
    expect(await ask({ id: 2, chart })).toMatchObject({ id: 2, problem: null });
  });
});
