import { expect, it } from 'vitest';
import { repeatRetention } from '../../src/app/repeat-retention.ts';
import { AppError } from '../../src/domain/app-error.ts';
import { logThrough } from '../../src/domain/log-record.ts';
import type { BackgroundJobSpec, BackgroundJobs } from '../../src/runners/background-jobs.ts';

/** A day that passes on command, and what has been submitted by then. */
function aLongLife(submit: BackgroundJobs['submit'] = (spec) => theWork(spec)) {
  const submitted: BackgroundJobSpec[] = [];
  const logged: string[] = [];
  let running: BackgroundJobs['running'] = [];
  let turn: (() => void) | null = null;
  const timer = { everyMs: 0, isRef: true };
  repeatRetention({
    background: {
      submit(spec) {
        submitted.push(spec);
        return submit(spec);
      },
      get running() {
        return running;
      },
    },
    removeExpired: async () => undefined,
    log: logThrough(({ event }) => logged.push(event)),
    clock: {
      setInterval(run, ms) {
        turn = run;
        timer.everyMs = ms;
        return {
          unref: () => {
            timer.isRef = false;
          },
        };
      },
    },
  });
  return {
    submitted,
    logged,
    timer,
    passDay: () => turn?.(),
    keepRunning: () => {
      running = [{ name: 'upkeep', forMs: 1 }];
    },
  };
}

const theWork = ({ name }: BackgroundJobSpec) => ({
  name,
  dispatched: Promise.resolve(),
  over: Promise.resolve('done' as const),
  cancel: () => undefined,
});

it('A long-lived server removes expired files once a day, and that does not keep it alive', () => {
  const life = aLongLife();
  expect([life.timer, life.submitted]).toEqual([{ everyMs: 86_400_000, isRef: false }, []]);
  life.passDay();
  life.passDay();
  expect(life.submitted).toMatchObject([
    { name: 'upkeep', timeLimitMs: 60_000 },
    { name: 'upkeep', timeLimitMs: 60_000 },
  ]);
});

it('A server whose last retention job still runs does not start another one', () => {
  const life = aLongLife();
  life.keepRunning();
  life.passDay();
  expect(life.submitted).toEqual([]);
});

it('A server that cannot start its retention job logs that, and goes on', () => {
  const life = aLongLife(() => {
    throw new AppError('unavailable', 'maitred was upgraded');
  });
  life.passDay();
  expect(life.logged).toEqual(['retention_not_started']);
});
