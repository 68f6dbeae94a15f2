/** The part of a browser's event that is read. */
export interface KeyPress {
  readonly key: string;
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
}

/** What is wished of a picture by a key. */
export type ChartWish =
  | { readonly kind: 'fit' | 'open' | 'leave' }
  | { readonly kind: 'zoom'; readonly isNearer: boolean }
  /** How the picture moves, in steps: what lies where the arrow points comes into sight. */
  | { readonly kind: 'move'; readonly x: number; readonly y: number }
  | { readonly kind: 'go'; readonly press: string };

const ways: Readonly<Record<string, readonly [x: number, y: number]>> = {
  ArrowLeft: [1, 0],
  ArrowRight: [-1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
};

/** @param isAtStop a state or an actor has the focus, so that arrows go from one to the next; with Shift they move the picture */
export function readChartWish(press: KeyPress, isAtStop: boolean): ChartWish | null {
  const { key, shiftKey } = press;
  if (press.ctrlKey || press.altKey || press.metaKey) return null;
  if (key === '0') return { kind: 'fit' };
  if (key === '+' || key === '=' || key === '-') return { kind: 'zoom', isNearer: key !== '-' };
  const way = ways[key];
  if (way !== undefined && (!isAtStop || shiftKey)) return { kind: 'move', x: way[0], y: way[1] };
  if (!isAtStop) return null;
  if (way !== undefined || key === 'Home' || key === 'End') return { kind: 'go', press: key };
  if (key === 'Enter' || key === ' ') return { kind: 'open' };
  return key === 'Escape' ? { kind: 'leave' } : null;
}
