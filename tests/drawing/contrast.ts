import type { Palette } from '../../src/drawing/palette.ts';

type Rgb = readonly [number, number, number];

/** The paper's colour, and its colour under one box, two boxes, … */
export function onWells({ paper, well }: Palette, depth: number): Rgb[] {
  const [r = 0, g = 0, b = 0, share = 0] = (well.match(/[\d.]+/g) ?? []).map(Number);
  const darker = (below: Rgb): Rgb => {
    const mixed = [r, g, b].map((part, at) => part * share + (below[at] ?? 0) * (1 - share));
    return [mixed[0] ?? 0, mixed[1] ?? 0, mixed[2] ?? 0];
  };
  const grounds: Rgb[] = [rgbOf(paper)];
  for (let box = 0; box < depth; box++) grounds.push(darker(grounds.at(-1) ?? [0, 0, 0]));
  return grounds;
}

/** The contrast ratio of WCAG 2: 1 to 21. */
export function contrastOf(ink: string, ground: Rgb): number {
  const [low = 0, high = 0] = [luminance(rgbOf(ink)), luminance(ground)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

const rgbOf = (hex: string): Rgb => [at(hex, 1), at(hex, 3), at(hex, 5)];
const at = (hex: string, start: number) => Number.parseInt(hex.slice(start, start + 2), 16);

function luminance([r, g, b]: Rgb): number {
  const linear = (value: number) =>
    value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4;
  return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
}
