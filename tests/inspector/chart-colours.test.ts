import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { dark, light, type Palette } from '../../src/drawing/palette.ts';
import { contrastOf, onWells } from '../drawing/contrast.ts';

const css = readFileSync('inspector/page/chart/chart.css', 'utf8');
/** Its values in the light and the dark theme. */
const valuesOf = (name: string) =>
  [...css.matchAll(new RegExp(`--${name}: (#[0-9a-f]{6});`, 'g'))].map(([, value = '']) => value);

describe.each([
  ['light', light, 0],
  ['dark', dark, 1],
])('the colours of a lit chart in %s', (_, palette: Palette, at) => {
  it.each(['lit-fill', 'past-fill'])('keep text on a state with the %s readable', (name) => {
    const fill = valuesOf(name)[at] ?? '';
    const ground = onWells({ ...palette, paper: fill }, 0)[0] ?? [0, 0, 0];
    for (const ink of [palette.ink, palette.quietInk, palette.actor, palette.error, valuesOf('found')[at] ?? ''])
      expect(contrastOf(ink, ground)).toBeGreaterThanOrEqual(4.5);
  });

  it('keep a matching name readable, even four boxes deep', () => {
    for (const ground of onWells(palette, 4))
      expect(contrastOf(valuesOf('found')[at] ?? '', ground)).toBeGreaterThanOrEqual(4.5);
  });
});
