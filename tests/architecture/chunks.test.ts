import { readFileSync } from 'node:fs';
import { runInThisContext } from 'node:vm';
import * as priceList from '@pydantic/genai-prices';
import { describe, expect, inject, it } from 'vitest';
import { readBuiltProgram } from '../support/read-built-program.ts';

const { metafile } = readBuiltProgram();
const packagesIn = (chunk: string): Set<string> => {
  const output = Object.values(metafile.outputs).find(({ entryPoint }) => entryPoint === `src/app/${chunk}.ts`);
  if (output === undefined) throw new Error(`no output is made from src/app/${chunk}.ts`);
  return new Set(
    Object.keys(output.inputs).flatMap(
      (path) => /^(?:.*\/)?node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? [],
    ),
  );
};

const usage = { input_tokens: 1_000, cache_read_tokens: 300, output_tokens: 200 };
const timestamp = new Date('2026-11-01T12:00:00Z');

/** null: it has none for text. */
const priceOf = (calcPrice: typeof priceList.calcPrice, model: string, providerId: string) =>
  calcPrice(usage, model, { providerId, timestamp })?.total_price ?? null;

describe('The chunks of the program', () => {
  it('run charts from one chunk, which loads nothing else: no zod, no yaml, no execa', () => {
    expect(packagesIn('work')).toEqual(new Set(['xstate']));
  });

  it('start a server without clients from one that has the charts of the start, and loads the rest as `serve` does', () => {
    expect(packagesIn('order')).toEqual(new Set(['xstate']));
  });

  it('have the list of prices in one that holds nothing else, with the prices of the package', () => {
    expect(packagesIn('prices')).toEqual(new Set(['@pydantic/genai-prices']));
    const chunk = { exports: {} as typeof priceList };
    runInThisContext(readFileSync(`${inject('programDir')}/prices.js`, 'utf8'))(chunk.exports, undefined, chunk);
    const pricesIn = ({ findProvider, calcPrice }: typeof priceList) =>
      ['anthropic', 'aws', 'google', 'openai'].flatMap((providerId) =>
        (findProvider({ providerId })?.models ?? []).map(({ id }) => [id, priceOf(calcPrice, id, providerId)]),
      );
    expect(pricesIn(priceList).length).toBeGreaterThan(50);
    expect(pricesIn(chunk.exports)).toEqual(pricesIn(priceList));
  });

  it('hold two copies of XState: one for the start, one for everything after it', () => {
    const chunks = [
      'open',
      'settings',
      'server',
      'work',
      'maintenance',
      'github',
      'prices',
      'inspector',
      'command-line',
    ];
    expect(chunks.filter((chunk) => packagesIn(chunk).has('xstate'))).toEqual(['open', 'work']);
  });
});
