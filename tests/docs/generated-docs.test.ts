import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { generatedPages } from '../../scripts/docs/generated-pages.mts';

const pages = await generatedPages();

describe('the generated pages', () => {
  it.each(pages)('$path is what `npm run docs` writes', ({ path, text }) => {
    expect(readFileSync(path, 'utf8')).toBe(text);
  });

  it('docs/machines has a page for each chart and no other page', () => {
    const charts = pages.map(({ path }) => path).filter((path) => path.startsWith('docs/machines/'));
    expect(readdirSync('docs/machines').map((file) => `docs/machines/${file}`)).toEqual(charts);
  });
});
