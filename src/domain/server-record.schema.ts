import * as z from 'zod';
import type { ServerRecord } from './server-record.ts';
import { shutdownTriggers } from './shutdown-policy.ts';
import { startupTaskStatuses } from './startup-task.ts';

const instantMs = z.number().nonnegative();
const count = z.number().int().nonnegative();

/** Reads a server record. Keys that a later version added are ignored. */
export const serverRecordSchema = z.object({
  formatVersion: z.literal(1),
  serverId: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/),
  version: z.string(),
  process: z.object({
    pid: z.number().int().positive(),
    startTicks: count.nullable(),
    bootId: z.string().nullable(),
    pidNamespace: z.string().nullable().optional(),
  }),
  parentPid: count.optional(),
  clientName: z.string().nullable().optional(),
  isFromPlugin: z.boolean().optional(),
  isFromCook: z.boolean().optional(),
  projectDir: z.string(),
  heartbeatAtMs: instantMs,
  state: z.string(),
  startedAtMs: instantMs,
  phases: z.array(z.object({ state: z.string(), atMs: instantMs })),
  tasks: z.record(
    z.string(),
    z.object({
      status: z.enum(startupTaskStatuses),
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
  memoryBytes: z.number().nonnegative().nullable(),
  degraded: z.array(z.object({ what: z.string(), cause: z.string() })),
  logFile: z.string().nullable(),
  shutdownTrigger: z.enum(shutdownTriggers).nullable(),
  wrapped: z
    .object({
      name: z.string(),
      command: z.string(),
      state: z.string(),
      sinceMs: instantMs,
      pid: z.number().int().positive().nullable(),
      starts: count,
      cause: z.string().nullable(),
      stderrTail: z.string(),
      lastFailure: z.object({ atMs: instantMs, cause: z.string(), output: z.string() }).nullable(),
    })
    .optional(),
  recipeRun: z.object({ runId: z.string().nullable(), recipe: z.string().nullable() }).optional(),
  scenario: z.object({ kind: z.enum(['record', 'replay']), dir: z.string() }).optional(),
}) satisfies z.ZodType<ServerRecord>;
