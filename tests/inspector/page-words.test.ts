import { describe, expect, it } from 'vitest';
import { recordingFileName } from '../../inspector/model/recording-file-name.ts';
import { sayCount } from '../../inspector/model/say-count.ts';
import { sayEvent } from '../../inspector/model/say-event.ts';
import { sayClock, sayDay, saySecond } from '../../inspector/model/time-words.ts';

describe('the words of the page', () => {
  it.each([
    ['xstate.done.actor.runTask', 'runTask done'],
    ['xstate.error.actor.runTask', 'runTask failed'],
    ['xstate.after.timeLimit.startupTask.running', 'after timeLimit'],
    ['KITCHEN_WANTED', 'KITCHEN_WANTED'],
  ])('call %s as the chart calls it', (text, words) => {
    expect(sayEvent({ news: 'event', text }, 'startupTask.running')).toBe(words);
  });

  it('leave a delay whole where nobody knows which part of it is its name', () => {
    const text = 'xstate.after.timeLimit.startupTask.running';
    expect(sayEvent({ news: 'event', text }, undefined)).toBe(text);
    expect(sayEvent({ news: 'event', text }, 'startupTask.waiting')).toBe(text);
  });

  it('give the time of day to the millisecond, and to the second', () => {
    const at = new Date(2026, 10, 22, 9, 3, 4, 5).getTime();
    expect(sayClock(at)).toBe('09:03:04.005');
    expect(saySecond(at)).toBe('09:03:04');
  });

  it('give the day with the minute', () => {
    expect(sayDay(new Date(2026, 0, 2, 9, 3, 59).getTime())).toBe('2026-01-02 09:03');
  });

  it('set the thousands of a large number apart', () => {
    expect([0, 999, 1_000, 30_000, 1_234_567].map(sayCount)).toEqual(['0', '999', '1,000', '30,000', '1,234,567']);
  });

  it('say that a time is none', () => {
    expect(sayClock(Number.NaN)).toBe('no time');
  });

  it('name a saved recording after its project and the time, in letters that every system takes', () => {
    const at = new Date('2026-11-22T19:03:04.500Z');
    expect(recordingFileName('/home/cook/my dishes/', at)).toBe('maitred-my-dishes-2026-11-22-19-03-04.jsonl');
    expect(recordingFileName(null, at)).toBe('maitred-server-2026-11-22-19-03-04.jsonl');
  });
});
