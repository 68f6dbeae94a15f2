import { describe, expect, it } from 'vitest';
import { createMachine } from 'xstate';
import { actorKey, nextStop, stateKey, stopsOf } from '../../inspector/model/next-stop.ts';
import { describeChart } from '../../src/drawing/describe-chart.ts';

const chart = describeChart(
  createMachine({
    id: 'house',
    initial: 'day',
    invoke: { id: 'guard', src: 'guard' },
    states: {
      day: { initial: 'work', invoke: { id: 'cook', src: 'cook' }, states: { work: {}, rest: {} } },
      night: { invoke: { id: 'guard', src: 'guard' } },
    },
  } as object).root,
);
const stops = stopsOf(chart);
const press = (key: string, ...presses: string[]) =>
  presses.reduce((at, pressed) => nextStop(stops, at, pressed) ?? `nothing ${pressed} of ${at}`, key);

describe('the keyboard in a picture', () => {
  it('reaches every state and every actor', () => {
    expect(stops.map(({ key }) => key)).toEqual([
      actorKey('', 'guard'),
      stateKey('day'),
      actorKey('day', 'cook'),
      stateKey('day.work'),
      stateKey('day.rest'),
      stateKey('night'),
      actorKey('night', 'guard'),
    ]);
  });

  it('goes down and up among siblings', () => {
    expect(press(stateKey('day'), 'ArrowDown')).toBe(stateKey('night'));
    expect(press(stateKey('night'), 'ArrowUp')).toBe(stateKey('day'));
    expect(press(stateKey('day.work'), 'ArrowDown')).toBe(stateKey('day.rest'));
    expect(press(actorKey('day', 'cook'), 'ArrowDown')).toBe(stateKey('day.work'));
  });

  it('goes right to the first child, and left to the parent', () => {
    expect(press(stateKey('day'), 'ArrowRight')).toBe(actorKey('day', 'cook'));
    expect(press(stateKey('day.rest'), 'ArrowLeft')).toBe(stateKey('day'));
    expect(press(actorKey('night', 'guard'), 'ArrowLeft')).toBe(stateKey('night'));
  });

  it('goes to the first and the last', () => {
    expect(press(stateKey('night'), 'Home')).toBe(actorKey('', 'guard'));
    expect(press(stateKey('day'), 'End')).toBe(actorKey('night', 'guard'));
  });

  it('stays at the end, and begins at the first stop if nothing has the focus', () => {
    expect(nextStop(stops, stateKey('night'), 'ArrowDown')).toBeNull();
    expect(nextStop(stops, stateKey('day'), 'ArrowLeft')).toBeNull();
    expect(nextStop(stops, stateKey('day.work'), 'ArrowRight')).toBeNull();
    expect(nextStop(stops, 'gone', 'ArrowDown')).toBe(actorKey('', 'guard'));
  });
});
