/** The members of a keyboard event that are read. */
export interface KeyPress {
  readonly key: string;
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
}

/** A command of the keyboard for the picture of a chart. */
export type ChartCommand =
  | { readonly kind: 'fit' | 'open' | 'leave' }
  | { readonly kind: 'zoom'; readonly isIn: boolean }
  /** How the picture moves, in steps: opposite to the arrow key, like scrolling. */
  | { readonly kind: 'move'; readonly x: number; readonly y: number }
  | { readonly kind: 'go'; readonly press: string };

const moves: Readonly<Record<string, readonly [x: number, y: number]>> = {
  ArrowLeft: [1, 0],
  ArrowRight: [-1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
};

/** @param isAtStop a state or an actor has the focus: arrow keys go to the next one, and move the picture with Shift only */
export function readChartCommand(press: KeyPress, isAtStop: boolean): ChartCommand | null {
  const { key, shiftKey } = press;
  if (press.ctrlKey || press.altKey || press.metaKey) return null;
  if (key === '0') return { kind: 'fit' };
  if (key === '+' || key === '=' || key === '-') return { kind: 'zoom', isIn: key !== '-' };
  const move = moves[key];
  if (move !== undefined && (!isAtStop || shiftKey)) return { kind: 'move', x: move[0], y: move[1] };
  if (!isAtStop) return null;
  if (move !== undefined || key === 'Home' || key === 'End') return { kind: 'go', press: key };
  if (key === 'Enter' || key === ' ') return { kind: 'open' };
  return key === 'Escape' ? { kind: 'leave' } : null;
}
