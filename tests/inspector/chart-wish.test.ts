import { describe, expect, it } from 'vitest';
import { readChartWish } from '../../inspector/model/chart-wish.ts';

const press = (key: string, more: object = {}) => ({
  key,
  shiftKey: false,
  ctrlKey: false,
  altKey: false,
  metaKey: false,
  ...more,
});

describe('a key in a picture', () => {
  it('shows all of it, comes nearer, and goes away', () => {
    for (const isAtStop of [true, false]) {
      expect(readChartWish(press('0'), isAtStop)).toEqual({ kind: 'fit' });
      expect(readChartWish(press('+'), isAtStop)).toEqual({ kind: 'zoom', isNearer: true });
      expect(readChartWish(press('-'), isAtStop)).toEqual({ kind: 'zoom', isNearer: false });
    }
  });

  it('moves it, so that what lies where the arrow points comes into sight', () => {
    expect(readChartWish(press('ArrowRight'), false)).toEqual({ kind: 'move', x: -1, y: 0 });
    expect(readChartWish(press('ArrowUp'), false)).toEqual({ kind: 'move', x: 0, y: 1 });
  });

  it('goes from state to state where it is at one, and moves the picture with Shift', () => {
    expect(readChartWish(press('ArrowRight'), true)).toEqual({ kind: 'go', press: 'ArrowRight' });
    expect(readChartWish(press('End'), true)).toEqual({ kind: 'go', press: 'End' });
    expect(readChartWish(press('ArrowRight', { shiftKey: true }), true)).toEqual({ kind: 'move', x: -1, y: 0 });
  });

  it('opens and leaves what it is at', () => {
    expect(readChartWish(press('Enter'), true)).toEqual({ kind: 'open' });
    expect(readChartWish(press('Escape'), true)).toEqual({ kind: 'leave' });
  });

  it('is left to the page and to the browser where it means nothing here', () => {
    for (const key of ['Enter', 'Escape', 'End', '/', 'l', 'Tab']) expect(readChartWish(press(key), false)).toBeNull();
    for (const held of ['ctrlKey', 'altKey', 'metaKey'])
      for (const key of ['0', '-', 'ArrowLeft']) expect(readChartWish(press(key, { [held]: true }), true)).toBeNull();
  });
});
