import { expect, it } from 'vitest';
import { pastPhases, phaseSpans } from '../../inspector/model/phase-spans.ts';

const phases = [
  { state: 'configure', atMs: 1_010 },
  { state: 'deferredInit', atMs: 1_050 },
  { state: 'ready', atMs: 1_850 },
];

it('The phases of start-up have durations, from the start of the process on', () => {
  const spans = phaseSpans(phases, 1_000, 2_000);
  expect(spans.map(({ state, durationMs, isStartUp }) => [state, durationMs, isStartUp])).toEqual([
    ['begin', 10, true],
    ['configure', 40, true],
    ['deferredInit', 800, true],
    ['ready', 150, false],
  ]);
  expect(spans.map(({ isOver }) => isOver)).toEqual([true, true, true, false]);
});

it('A start-up that is not finished lasts until now', () => {
  const spans = phaseSpans(phases.slice(0, 2), 1_010, 9_050);
  expect(spans.map(({ state, durationMs, isOver, isStartUp }) => [state, durationMs, isOver, isStartUp])).toEqual([
    ['configure', 40, true, true],
    ['deferredInit', 8_000, false, true],
  ]);
});

it('Start-up ends if the server shuts down before it is ready', () => {
  const spans = phaseSpans(
    [...phases.slice(0, 2), { state: 'draining', atMs: 1_060 }, { state: 'stopped', atMs: 1_061 }],
    1_010,
    2_000,
  );
  expect(spans.map(({ state, durationMs, isStartUp }) => [state, durationMs, isStartUp])).toEqual([
    ['configure', 40, true],
    ['deferredInit', 10, true],
    ['draining', 1, false],
    ['stopped', 0, false],
  ]);
  expect(phaseSpans([], 1_000, 2_000)).toEqual([]);
});

it('The phases that are over have their times; not the active one, nor one that begins at the same time and is not entered yet', () => {
  const shown = [...phases, { state: 'draining', atMs: 1_850 }];
  const past = pastPhases(shown, new Set(['ready']));
  expect([...past].map(([state, { fromMs, durationMs }]) => [state, fromMs, durationMs])).toEqual([
    ['configure', 1_010, 40],
    ['deferredInit', 1_050, 800],
  ]);
});
