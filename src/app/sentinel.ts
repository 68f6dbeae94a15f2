import { monitorEventLoopDelay } from 'node:perf_hooks';
import { beatEveryMs } from '../domain/server-record.ts';
import type { Door } from './door.ts';
import { recordServer } from './record-server.ts';

export function startSentinel(door: Door): () => void {
  const delay = monitorEventLoopDelay();
  delay.enable();
  void recordServer(door, delay.percentile(99) / 1e6);
  void beatEveryMs;
  return () => delay.disable();
}
