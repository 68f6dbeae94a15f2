import * as z from 'zod';
import type { ServerRecord } from './server-record.ts';
import type { ShutdownTrigger } from './shutdown-policy.ts';
import type { StartupTaskStatus } from './startup-task.ts';

const triggers = {
  eof: 'eof',
  stdoutClosed: 'stdoutClosed',
  parentDied: 'parentDied',
  signal: 'signal',
  crashed: 'crashed',
} as const satisfies { [Reason in ShutdownTrigger]: Reason };

const taskStatuses = {
  waiting: 'waiting',
  running: 'running',
  done: 'done',
  failed: 'failed',
  timedOut: 'timedOut',
} as const satisfies { [Status in StartupTaskStatus]: Status };

const instantMs = z.number().nonnegative();
const count = z.number().int().nonnegative();

/** A server record as it is read. Keys that a later version adds are ignored. */
export const serverRecordSchema = z.object({
  formatVersion: z.literal(1),
  serverId: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/),
  version: z.string(),
  process: z.object({
    pid: z.number().int().positive(),
    startTicks: count.nullable(),
    bootId: z.string().nullable(),
  }),
  projectDir: z.string(),
  heartbeatAtMs: instantMs,
  state: z.string(),
  startedAtMs: instantMs,
  phases: z.array(z.object({ state: z.string(), atMs: instantMs })),
  tasks: z.record(
    z.string(),
    z.object({
      status: z.enum(taskStatuses),
      gating: z.boolean(),
      attempts: count,
      startedAtMs: instantMs.nullable(),
      endedAtMs: instantMs.nullable(),
      cause: z.string().nullable(),
    }),
  ),
  callsInFlight: count,
  waiting: z.array(z.object({ tool: z.string(), waitsFor: z.array(z.string()), forMs: z.number().nonnegative() })),
  programs: z.array(z.object({ pid: z.int().positive(), startTicks: count })),
  eventLoopDelayP99Ms: z.number().nonnegative(),
  memoryBytes: z.number().nonnegative(),
  degraded: z.array(z.object({ what: z.string(), cause: z.string() })),
  logFile: z.string().nullable(),
  shutdownTrigger: z.enum(triggers).nullable(),
}) satisfies z.ZodType<ServerRecord>;
