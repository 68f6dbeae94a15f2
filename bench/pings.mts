import { setTimeout as wait } from 'node:timers/promises';
import type { Running } from './driver.mts';

/**
 * Pings a server every `everyMs` until `isOver`, also while earlier pings are unanswered.
 * @returns how long each answer took, in milliseconds
 */
export async function ping(server: Running, everyMs: number, isOver: () => boolean): Promise<number[]> {
  const answers: Promise<number>[] = [];
  for (let dueMs = server.nowMs(); !isOver(); dueMs = Math.max(dueMs + everyMs, server.nowMs())) {
    const sentMs = server.nowMs();
    answers.push(server.ask('ping').then(({ atMs }) => atMs - sentMs));
    await wait(Math.max(0, dueMs + everyMs - server.nowMs()));
  }
  return Promise.all(answers);
}
