import { describe, expect, it } from 'vitest';
import { readChartCommand } from '../../inspector/model/chart-command.ts';

const press = (key: string, more: object = {}) => ({
  key,
  shiftKey: false,
  ctrlKey: false,
  altKey: false,
  metaKey: false,
  ...more,
});

describe('a key in a picture', () => {
  it('fits it, zooms in and zooms out', () => {
    for (const isAtStop of [true, false]) {
      expect(readChartCommand(press('0'), isAtStop)).toEqual({ kind: 'fit' });
      expect(readChartCommand(press('+'), isAtStop)).toEqual({ kind: 'zoom', isIn: true });
      expect(readChartCommand(press('-'), isAtStop)).toEqual({ kind: 'zoom', isIn: false });
    }
  });

  it('moves it opposite to the arrow, like scrolling', () => {
    expect(readChartCommand(press('ArrowRight'), false)).toEqual({ kind: 'move', x: -1, y: 0 });
    expect(readChartCommand(press('ArrowUp'), false)).toEqual({ kind: 'move', x: 0, y: 1 });
  });

  it('goes from state to state if one has the focus, and moves the picture with Shift', () => {
    expect(readChartCommand(press('ArrowRight'), true)).toEqual({ kind: 'go', press: 'ArrowRight' });
    expect(readChartCommand(press('End'), true)).toEqual({ kind: 'go', press: 'End' });
    expect(readChartCommand(press('ArrowRight', { shiftKey: true }), true)).toEqual({ kind: 'move', x: -1, y: 0 });
  });

  it('opens and leaves the state with the focus', () => {
    expect(readChartCommand(press('Enter'), true)).toEqual({ kind: 'open' });
    expect(readChartCommand(press('Escape'), true)).toEqual({ kind: 'leave' });
  });

  it('is ignored if it has no meaning for the picture', () => {
    for (const key of ['Enter', 'Escape', 'End', '/', 'l', 'Tab'])
      expect(readChartCommand(press(key), false)).toBeNull();
    for (const held of ['ctrlKey', 'altKey', 'metaKey'])
      for (const key of ['0', '-', 'ArrowLeft'])
        expect(readChartCommand(press(key, { [held]: true }), true)).toBeNull();
  });
});
