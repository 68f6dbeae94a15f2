import { expect, it } from 'vitest';
import { createWorkerRegistry } from '../../src/runners/worker-registry.ts';

const never = new AbortController().signal;
const policy = { finishMs: 700, childGraceMs: 300 };

it('A shutdown asks every runner, and leaves child processes the time of its policy', async () => {
  const registry = createWorkerRegistry();
  const asked: unknown[] = [];
  const usualGraceMs = registry.graceMs;
  registry.add({
    programs: () => [{ pid: 7, startTicks: 8 }],
    killAll: async () => void asked.push('kill'),
    leave: () => void asked.push('leave'),
  });
  registry.add({
    drain: async (finishMs, signal) => void asked.push(['drain', finishMs, signal]),
    whenSettled: async () => void asked.push('settled'),
  });
  expect(registry.programs).toEqual([{ pid: 7, startTicks: 8 }]);
  await registry.drain(policy, never);
  await registry.killAll();
  await registry.whenSettled();
  registry.leave();
  expect(asked).toEqual([['drain', 700, never], 'kill', 'settled', 'leave']);
  expect([usualGraceMs, registry.graceMs]).toEqual([2_000, 300]);
});

it('Changes of programs reach every listener until it unsubscribes', () => {
  const registry = createWorkerRegistry();
  let heard = 0;
  const stop = registry.subscribe(() => {
    heard += 1;
  });
  registry.notify();
  stop();
  registry.notify();
  expect(heard).toBe(1);
});
