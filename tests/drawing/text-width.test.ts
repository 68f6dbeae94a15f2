import { describe, expect, it } from 'vitest';
import { textWidth, wrapText } from '../../src/drawing/text-width.ts';

/** As Chromium draws 100 px of text in Liberation Sans (which has the widths of Arial), DejaVu Sans and Inter. */
const drawn = [
  ['deferredInit', 506, 585, 550],
  ['KITCHEN_WANTED', 924, 921, 911],
  ['[hasFaultAndSecondSignal]', 1234, 1365, 1307],
] as const;

describe('the width of a text', () => {
  it.each(drawn)('is not less than that of %s in common fonts', (text, ...widths) => {
    expect(textWidth(text, 100)).toBeGreaterThanOrEqual(Math.max(...widths));
    expect(textWidth(text, 100)).toBeLessThan(Math.max(...widths) * 1.15);
  });

  it('counts letters of other scripts as wide, and bold ones as wider', () => {
    expect(textWidth('漢字', 10)).toBeGreaterThanOrEqual(20);
    expect(textWidth('жщ', 10)).toBeGreaterThanOrEqual(15);
    expect(textWidth('draining', 13, true)).toBeGreaterThan(textWidth('draining', 13));
  });
});

describe('a description', () => {
  it('is broken between words, and no word is cut', () => {
    const text = 'One program and all that it starts, from the spawn until none of them is left.';
    const lines = wrapText(text, 11, 150);
    expect(lines.join(' ')).toBe(text);
    expect(lines.length).toBeGreaterThan(2);
    for (const line of lines) expect(textWidth(line, 11)).toBeLessThanOrEqual(150);
    expect(wrapText('Donaudampfschifffahrtsgesellschaft', 11, 20)).toEqual(['Donaudampfschifffahrtsgesellschaft']);
  });
});
