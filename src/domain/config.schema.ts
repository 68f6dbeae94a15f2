import * as z from 'zod';
import { defaultEarlySettings as door } from './early-settings.ts';

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

const argv = 'a command as a list of texts, the program first: [npm, test]';
const word = 'a text that is not empty';
const markerName = 'a plain file name';
const dirs = 'a list of folder names';
const prefixes = 'a list of path prefixes';
const rows = 'a whole number, 1 or more';
const repository = 'owner/name';
const token = 'a token';
const projectFolder = 'a path inside the project';

const isRoot = (path: string) => /^(\/|~$|~\/)/.test(path) && !path.includes('\0');

const isInside = (path: string) =>
  !path.startsWith('/') && !path.includes('\0') && !path.split('/').includes('..') && path !== '';
const isFileName = (name: string) => /^[^/\0]+$/.test(name) && name !== '.' && name !== '..';

/** A key that can be without a value; an empty text is none. */
const nullable = <Schema extends z.ZodType<string, string>>(schema: Schema, expected: string) =>
  z
    .union([z.null(), z.literal(''), schema], expected)
    .transform((value) => (value === '' ? null : value))
    .default(null);

const loggingSchema = z.strictObject({
  level: z
    .string(level)
    .toUpperCase()
    .pipe(z.enum(['DEBUG', 'INFO', 'WARNING', 'ERROR'], level))
    .default(door.logLevel)
    .describe('The least severe lines that are logged: DEBUG, INFO, WARNING or ERROR.'),
  json_output: z
    .union([z.boolean(), z.null(), z.enum(['auto', ''])], jsonOutput)
    .transform((value) => (typeof value === 'boolean' ? value : ('auto' as const)))
    .default('auto')
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
  worktree_root: nullable(z.string(root).refine(isRoot, root), root).describe(
    'Where worktrees are made; null is ../worktrees beside the project.',
  ),
  runs_root: nullable(z.string(root).refine(isRoot, root), root).describe(
    'Where clones of runs are made; null is ../maitred-runs beside the project.',
  ),
  temp_dir: z
    .string(projectFolder)
    .refine((path) => isInside(path), projectFolder)
    .default('.maitred/temp')
    .describe("The project's folder for temporary files, from the project's folder."),
});

const testCheckSchema = z.strictObject({
  command: z
    .array(z.string(argv).min(1, argv), argv)
    .default([])
    .describe(
      "The project's test command, as a list of arguments; test_check runs it. Empty means that none is known.",
    ),
  timeout: above0(seconds).default(600).describe('How long the tests may take, in seconds.'),
});

const classifyFixSchema = z.strictObject({
  path_prefixes: z
    .array(z.string(word).min(1, word), prefixes)
    .default([])
    .describe('A change to a file whose path begins so makes classify_fix ask for a full restart.'),
});

const resetWorkspaceSchema = z.strictObject({
  command: z
    .array(z.string(argv).min(1, argv), argv)
    .default([])
    .describe(
      'What reset_workspace runs before it empties the folder, as a list of arguments. Empty turns the tool off.',
    ),
  preserve_dirs: z
    .array(z.string(dirs).refine(isFileName, dirs), dirs)
    .default([])
    .describe('Folders that reset_workspace leaves where they are.'),
});

const safetySchema = z.strictObject({
  reset_guard_marker: z
    .string(markerName)
    .refine(isFileName, markerName)
    .default('.maitred-workspace')
    .describe('The file that says that a folder may be emptied; `maitred workspace init` makes it.'),
});

const readDbSchema = z.strictObject({
  timeout: above0(seconds).default(30).describe('How long a query may take, in seconds.'),
  max_rows: wholeNumber(1, rows).max(1_000_000, rows).default(10_000).describe('How many rows a query gives at most.'),
});

const githubSchema = z.strictObject({
  token: nullable(z.string(token).min(1, token), token).describe(
    'The GitHub token. Stands in .maitred/.secrets.yaml only; without it GITHUB_TOKEN, GH_TOKEN and `gh auth token` are asked.',
  ),
  default_repo: nullable(z.string(repository).regex(/^[\w.-]+\/[\w.-]+$/, repository), repository).describe(
    'The repository that a bare issue number means, as owner/name.',
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
  test_check: testCheckSchema.prefault({}).describe("The project's tests."),
  classify_fix: classifyFixSchema.prefault({}).describe('How far back a fix goes.'),
  reset_workspace: resetWorkspaceSchema.prefault({}).describe('How a test workspace is made fresh.'),
  safety: safetySchema.prefault({}).describe('What protects files from tools.'),
  read_db: readDbSchema.prefault({}).describe('Limits of read_db.'),
  github: githubSchema.prefault({}).describe('GitHub.'),
  linux_tracing: linuxTracingSchema.prefault({}).describe('What is known of the processes of sessions, on Linux.'),
});

/** The configuration as it holds: every key has a value. Keys and units are spelled as in the YAML. */
export type Config = z.infer<typeof configSchema>;

/** The settings that tools work by; nothing of the secrets layer is in it. */
export type ToolSettings = Pick<Config, 'test_check' | 'classify_fix' | 'reset_workspace' | 'safety' | 'read_db'> & {
  readonly github: Omit<Config['github'], 'token'>;
};
