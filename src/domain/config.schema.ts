import * as z from 'zod';
import { defaultDoorSettings as door } from './door-settings.ts';

/* The message of every check says what was expected; the reader of the configuration puts it after "expected". */

const above0 = (expected: string) => z.number(expected).gt(0, expected);
const wholeNumber = (least: number, expected: string) => z.int(expected).min(least, expected);

const level = 'DEBUG, INFO, WARNING or ERROR';
const jsonOutput = 'true, false or auto';
const onOff = 'true or false';
const visibility = 'auto, gated or always';
const tags = 'a list of tags';
const tag = 'a tag: a text, in quotes if it looks like a number';
const roots = 'a list of folders';
const folder = 'an absolute path';
const root = 'an absolute path, or one that begins with ~/';
const seconds = 'a number of seconds above 0';
const drainMs = 'a whole number of milliseconds from 0 to 60000';
const mib = 'a number of MiB above 0 and at most 1024';
const inFlight = 'a whole number, 1 or more';
const waiting = 'a whole number, 0 or more';

const isRoot = (path: string) => /^(\/|~$|~\/)/.test(path) && !path.includes('\0');

const loggingSchema = z.strictObject({
  level: z
    .string(level)
    .toUpperCase()
    .pipe(z.enum(['DEBUG', 'INFO', 'WARNING', 'ERROR'], level))
    .default(door.logLevel)
    .describe('The least severe lines that are logged: DEBUG, INFO, WARNING or ERROR.'),
  json_output: z
    .union([z.boolean(), z.null(), z.enum(['auto', ''])], jsonOutput)
    .transform((value) => (typeof value === 'boolean' ? value : null))
    .default(door.logJsonOutput)
    .describe('Whether stderr gets JSON lines: true, false, or auto for JSON where stderr is not a terminal.'),
  file: z.boolean(onOff).default(door.logFile).describe('Whether the log is also written to the state folder.'),
});

const kitchenSchema = z.strictObject({
  visibility: z
    .enum(['auto', 'gated', 'always'], visibility)
    .default(door.visibility)
    .describe(
      'Which tools a fresh session lists: gated shows the kitchen tools after open_kitchen, always shows them from the start, auto decides by the client.',
    ),
});

const subsetsSchema = z.strictObject({
  disabled: z
    .array(z.string(tag).min(1, tag), tags)
    .default([...door.disabledSubsets])
    .describe('Tags of tools that are not offered.'),
});

const readinessSchema = z.strictObject({
  wait_seconds: above0(seconds)
    .default(door.readinessWaitSeconds)
    .describe('How long a call waits for the startup tasks that it needs, in seconds.'),
});

const shutdownSchema = z.strictObject({
  drain_ms: wholeNumber(0, drainMs)
    .max(60_000, drainMs)
    .default(door.drainMs)
    .describe('How long calls in flight may go on after a signal, in milliseconds.'),
});

const wireSchema = z.strictObject({
  max_message_mib: above0(mib)
    .max(1024, mib)
    .default(door.maxMessageMib)
    .describe('The longest message that is read, in MiB.'),
  max_in_flight: wholeNumber(1, inFlight)
    .default(door.maxInFlight)
    .describe('How many calls may run at the same time.'),
  max_waiting: wholeNumber(0, waiting)
    .default(door.maxWaiting)
    .describe('How many calls may wait for startup tasks at the same time.'),
});

const workspaceSchema = z.strictObject({
  roots: z
    .array(z.string(root).refine(isRoot, root), roots)
    .default([])
    .describe(
      'Folders in which tools may work: absolute paths or ~/…. Empty means the standard roots: the project, the worktree root, the runs root and the temp folder.',
    ),
});

const linuxTracingSchema = z.strictObject({
  tmpfs_path: z
    .string(folder)
    .refine((path) => path.startsWith('/') && !path.includes('\0'), folder)
    .default('/dev/shm')
    .describe('Where sessions leave traces of their processes while they run, and where crashed ones are looked for.'),
});

/** The whole configuration: sections of keys, each key with its type, its default and its doc. */
export const configSchema = z.strictObject({
  logging: loggingSchema.prefault({}).describe('What is logged, and how.'),
  kitchen: kitchenSchema.prefault({}).describe('The kitchen: the tools behind open_kitchen.'),
  subsets: subsetsSchema.prefault({}).describe('Parts of the tool list.'),
  readiness: readinessSchema.prefault({}).describe('Calls that come before the server is ready.'),
  shutdown: shutdownSchema.prefault({}).describe('How the server leaves.'),
  wire: wireSchema.prefault({}).describe('Limits of the connection.'),
  workspace: workspaceSchema.prefault({}).describe('Where tools may work.'),
  linux_tracing: linuxTracingSchema.prefault({}).describe('What is known of the processes of sessions, on Linux.'),
});

/** The configuration as it holds: every key has a value. Keys and units are spelled as in the YAML. */
export type Config = z.infer<typeof configSchema>;
