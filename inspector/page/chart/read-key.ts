/** What is wished for by a key. */
export type KeyWish =
  | { readonly kind: 'fit' | 'open' | 'leave' }
  | { readonly kind: 'zoom'; readonly isNearer: boolean }
  /** The way of the camera, in steps: what lies there comes into sight. */
  | { readonly kind: 'move'; readonly x: number; readonly y: number }
  | { readonly kind: 'go'; readonly press: string };

const ways: Readonly<Record<string, readonly [x: number, y: number]>> = {
  ArrowLeft: [1, 0],
  ArrowRight: [-1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
};

/** @param isAtStop a state or an actor has the focus, so that arrows go from one to the next; with Shift they move the picture */
export function readKey(
  event: Pick<KeyboardEvent, 'key' | 'shiftKey' | 'ctrlKey' | 'altKey' | 'metaKey'>,
  isAtStop: boolean,
): KeyWish | null {
  const { key } = event;
  if (event.ctrlKey || event.altKey || event.metaKey) return null;
  if (key === '0') return { kind: 'fit' };
  if (key === '+' || key === '=' || key === '-') return { kind: 'zoom', isNearer: key !== '-' };
  const way = ways[key];
  if (way !== undefined && (!isAtStop || event.shiftKey)) return { kind: 'move', x: way[0], y: way[1] };
  if (!isAtStop) return null;
  if (way !== undefined || key === 'Home' || key === 'End') return { kind: 'go', press: key };
  if (key === 'Enter' || key === ' ') return { kind: 'open' };
  return key === 'Escape' ? { kind: 'leave' } : null;
}
