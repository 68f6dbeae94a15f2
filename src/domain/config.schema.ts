import * as z from 'zod';
import { leastSeconds, mostSeconds } from './duration-bounds.ts';
import { defaultEarlySettings as early, logLevels, logLevelValues, visibilityValues } from './early-settings.ts';
import { repositoryName } from './github-repository.ts';
import { skillPacks } from './skill-packs.ts';

/* The message of every check completes a sentence that begins with "expected". */

const wholeNumber = (least: number, expected: string) => z.int(expected).min(least, expected);

const notEmpty = (expected: string) => z.string(expected).min(1, expected);
const textThat = (isValid: (text: string) => boolean, expected: string) => z.string(expected).refine(isValid, expected);
const listOf = (item: z.ZodType<string, string>, expected: string) => z.array(item, expected).default([]);

const isFileName = (name: string) => /^[^/\0]+$/.test(name) && name !== '.' && name !== '..';
const isInside = (path: string) =>
  !path.startsWith('/') && !path.includes('\0') && !path.split('/').includes('..') && path !== '';

const someSeconds = `a number of seconds from ${leastSeconds} to ${mostSeconds}`;
const seconds = z.number(someSeconds).min(leastSeconds, someSeconds).max(mostSeconds, someSeconds);
const drainMs = 'a whole number of milliseconds from 0 to 60000';
const mib = 'a number of MiB above 0 and at most 1024';
const outputMib = 'a whole number of MiB from 1 to 1024';
const rows = 'a whole number from 1 to 1000000';
const repository = 'a GitHub repository, as owner/name';
const secondsOrNone = `a number of seconds from 0 to ${mostSeconds}`;
const dollars = 'an amount of USD above 0, such as 2.50';
const fileOrNone = 'an absolute path, or one that begins with ~/';
const markerName = 'a name of 1 to 40 capital letters, digits and _';
const dirs = 'a list of folder names';
const packNames = Object.keys(skillPacks).join(', ');

const rootPath = 'an absolute path, or one that begins with ~/';
const root = textThat((path) => /^(\/|~$|~\/)/.test(path) && !path.includes('\0'), rootPath);
const argvList = 'a command as a list of strings, the program first: [npm, test]';
const argv = listOf(notEmpty(argvList), argvList);

/** A key that may have no value; an empty string is no value. */
const nullable = <Schema extends z.ZodType<string, string>>(schema: Schema, expected: string) =>
  z
    .union([z.null(), z.literal(''), schema], expected)
    .transform((value) => (value === '' ? null : value))
    .default(null);

/** A limit that may be missing. A limit of 0 would end every session, so it is refused. */
const limit = (schema: z.ZodType<number, number>, expected: string) =>
  z.union([z.null(), schema], expected).default(null);
const wholeLimit = (what: string) => {
  const expected = `a whole number of ${what}, 1 or more`;
  return limit(wholeNumber(1, expected), expected);
};
const usdLimit = limit(z.number(dollars).gt(0, dollars), dollars);

/** Keys that all have a default: a section that is missing has all of them. */
const section = <Keys extends z.ZodRawShape>(doc: string, keys: Keys) => {
  const schema = z.strictObject(keys);
  return schema.prefault({} as z.input<typeof schema>).describe(doc);
};

/** The whole configuration: sections of keys, each key with its type, its default and its doc. */
export const configSchema = z.strictObject({
  logging: section('What is logged, and how.', {
    level: z
      .string(logLevelValues)
      .toUpperCase()
      .pipe(z.enum(logLevels, logLevelValues))
      .default(early.logLevel)
      .describe('The lowest level that is logged: DEBUG, INFO, WARNING or ERROR.'),
    json_output: z
      .union([z.boolean(), z.null(), z.enum(['auto', ''])], 'true, false or auto')
      .transform((value) => (typeof value === 'boolean' ? value : ('auto' as const)))
      .default('auto')
      .describe('Whether the log on stderr is JSON: true, false, or auto (JSON unless stderr is a terminal).'),
    file: z
      .boolean('true or false')
      .default(early.logFile)
      .describe('Whether the log is also written to a file in the state folder.'),
  }),
  kitchen: section('The kitchen: the tools that open_kitchen shows.', {
    visibility: z
      .enum(['auto', 'gated', 'always'], visibilityValues)
      .default(early.visibility)
      .describe(
        'Which tools a new session lists: gated (the kitchen tools only after open_kitchen), always (all of them from the start; a call still needs open_kitchen) or auto (depends on the client). `maitred serve --open-kitchen` lists all of them and allows calls from the start.',
      ),
  }),
  subsets: section('Groups of tools and skills.', {
    disabled: z
      .array(notEmpty('a tag: a string, in quotes if it looks like a number'), 'a list of tags')
      .default([...early.disabledSubsets])
      .describe('Tags of tools, and categories of skills, that are not offered.'),
  }),
  packs: section('Packs: groups of skills.', {
    enabled: listOf(
      textThat((name) => Object.hasOwn(skillPacks, name), packNames),
      `a list of packs: ${packNames}`,
    ).describe(
      'Packs of skills to offer that are off by default: research, exp-lens and vis-lens. What subsets.disabled names stays disabled.',
    ),
  }),
  readiness: section('Calls that arrive before the server is ready.', {
    wait_seconds: seconds
      .default(early.readinessWaitSeconds)
      .describe('How long a call waits for the start-up tasks that it needs, in seconds.'),
  }),
  shutdown: section('How the server shuts down.', {
    drain_ms: wholeNumber(0, drainMs)
      .max(60_000, drainMs)
      .default(early.drainMs)
      .describe('How long calls in flight may continue after a signal, in milliseconds.'),
  }),
  wire: section('Limits of the connection.', {
    max_message_mib: z
      .number(mib)
      .gt(0, mib)
      .max(1024, mib)
      .default(early.maxMessageMib)
      .describe('The largest message that is accepted, in MiB.'),
    max_in_flight: wholeNumber(1, 'a whole number, 1 or more')
      .default(early.maxInFlight)
      .describe('How many calls may run at the same time.'),
    max_waiting: wholeNumber(0, 'a whole number, 0 or more')
      .default(early.maxWaiting)
      .describe('How many calls may wait for start-up tasks at the same time.'),
  }),
  workspace: section('Where tools may work.', {
    roots: listOf(root, 'a list of folders').describe(
      'Folders in which tools may work: absolute paths or ~/…. Empty: the project, the worktree root, the runs root and the temp folder. In the temp folder, folders are emptied only below maitred-* folders that belong to this user alone.',
    ),
    worktree_root: nullable(root, rootPath).describe(
      'The folder for worktrees. null: ../worktrees, beside the project.',
    ),
    runs_root: nullable(root, rootPath).describe(
      'The folder for the clones of runs. null: ../maitred-runs, beside the project.',
    ),
    temp_dir: textThat(isInside, 'a path inside the project')
      .default('.maitred/temp')
      .describe('The folder for temporary files, relative to the project.'),
  }),
  run_cmd: section('Limits of run_cmd, and of the commands of test_check and reset_workspace.', {
    max_output_mib: wholeNumber(1, outputMib)
      .max(1024, outputMib)
      .default(64)
      .describe(
        'How much of the stdout and of the stderr of a command is kept, in MiB. Of more, the middle is dropped; a command that writes 16 times as much is ended.',
      ),
  }),
  run_skill: section('Headless agent sessions, which run_skill starts.', {
    agent: z
      .enum(['claude', 'command', 'script'], 'claude, command or script')
      .default('claude')
      .describe(
        'The agent: claude (Claude Code), command (the program in run_skill.command) or script (the scripted agent, for trying things out without a model).',
      ),
    claude_path: nullable(notEmpty(fileOrNone), fileOrNone).describe(
      'The program of Claude Code. null: claude in the folders of PATH.',
    ),
    command: argv.describe(
      'The program that the agent `command` starts, as a list of arguments; the prompt is added as the last one.',
    ),
    script: nullable(notEmpty(fileOrNone), fileOrNone).describe('The script of the scripted agent, a YAML file.'),
    env: listOf(notEmpty('the name of a variable'), 'a list of names of variables').describe(
      'Names of environment variables that sessions get in addition to the usual ones (PATH, HOME, languages, proxies, what the agent needs).',
    ),
    timeout: seconds.default(7_200).describe('How long a session may run, in seconds; pauses do not count.'),
    idle_output_timeout: z
      .number(secondsOrNone)
      .min(0, secondsOrNone)
      .max(mostSeconds, secondsOrNone)
      .default(600)
      .describe('Seconds without output on stdout after which a session is ended; 0: never.'),
    stale_threshold: z
      .number(secondsOrNone)
      .min(0, secondsOrNone)
      .max(mostSeconds, secondsOrNone)
      .default(1_200)
      .describe(
        'Seconds without growth of its own log after which a session is ended, unless it waits for an answer or one of its programs is busy; 0: never.',
      ),
    max_suppression_seconds: seconds
      .default(1_800)
      .describe('How long an open connection or a busy program excuses a log that does not grow, in seconds.'),
    completion_drain_timeout: seconds
      .default(5)
      .describe('How long to wait for the rest of the output after the agent has exited, in seconds.'),
    natural_exit_grace_seconds: seconds
      .default(3)
      .describe('How long an agent that has reported its result may take to exit by itself, in seconds.'),
    exit_after_stop_delay_ms: wholeNumber(0, 'a whole number of milliseconds from 0 to 60000')
      .max(60_000, 'a whole number of milliseconds from 0 to 60000')
      .default(2_000)
      .describe('How long Claude Code waits after its last answer before it exits, in milliseconds.'),
    max_pause_seconds: seconds
      .default(21_600)
      .describe(
        'How long all pauses of a session for rate limits may take together, in seconds. They do not count as running time.',
      ),
    completion_marker: z
      .string(markerName)
      .regex(/^[A-Z\d_]{1,40}$/, markerName)
      .default('ORDER_UP')
      .describe('The name in the line that a session ends with: %%NAME::1a2b3c4d%%, with other digits each time.'),
    budget_turns: wholeLimit('turns').describe('The most turns of a session. null: no limit.'),
    budget_tokens: wholeLimit('tokens').describe(
      'The most tokens of a session: read and written, without what comes from the cache. null: no limit.',
    ),
    budget_usd: usdLimit.describe(
      'The most that a session may cost, in USD. With this limit, a model whose price is unknown is rejected. null: no limit.',
    ),
    server_budget_tokens: wholeLimit('tokens').describe(
      'The most tokens of all sessions of one server together. null: no limit.',
    ),
    server_budget_usd: usdLimit.describe(
      'The most that all sessions of one server may cost together, in USD. null: no limit.',
    ),
  }),
  model: section('The model of agent sessions.', {
    default: nullable(notEmpty('the name of a model'), 'the name of a model')
      .default('sonnet')
      .describe("The model of a session whose call names none. null: the agent's own."),
    override: nullable(notEmpty('the name of a model'), 'the name of a model').describe(
      'The model of all sessions, whatever a call names.',
    ),
  }),
  implement_gate: section('Skills that implement a plan.', {
    marker: notEmpty('a line of text')
      .default('Dry-walkthrough verified = TRUE')
      .describe('The first line that a plan must have; the skill dry-walkthrough writes it.'),
    skill_names: z
      .array(notEmpty('the name of a skill'), 'a list of skills')
      .default(['/implement-worktree', '/implement-worktree-no-merge'])
      .describe('The skills that take a plan, by name, with or without the /.'),
  }),
  test_check: section("The project's tests.", {
    command: argv.describe(
      'The test command that test_check runs, as a list of arguments, without a shell; for && or |, use [sh, -c, "…"]. Empty: there is none.',
    ),
    timeout: seconds.default(600).describe('How long the tests may take, in seconds.'),
  }),
  classify_fix: section('How classify_fix decides.', {
    path_prefixes: listOf(notEmpty('a string that is not empty'), 'a list of path prefixes').describe(
      'Path prefixes: if a changed file matches one, classify_fix asks for a full restart.',
    ),
  }),
  reset_workspace: section('How reset_workspace works.', {
    command: argv.describe(
      'The command that reset_workspace runs before it empties the folder, as a list of arguments. Empty disables the tool.',
    ),
    preserve_dirs: listOf(textThat(isFileName, dirs), dirs).default([]).describe('Folders that reset_workspace keeps.'),
  }),
  safety: section('Protection of files from tools.', {
    reset_guard_marker: textThat(isFileName, 'a plain file name')
      .default('.maitred-workspace')
      .describe('The name of the file that marks a folder as safe to empty; `maitred workspace init` writes it.'),
    require_dry_walkthrough: z
      .boolean('true or false')
      .default(true)
      .describe(
        'Whether a skill of implement_gate.skill_names runs only with a plan that begins with implement_gate.marker.',
      ),
  }),
  read_db: section('Limits of read_db.', {
    timeout: seconds.default(30).describe('How long a query may take, in seconds.'),
    max_rows: wholeNumber(1, rows).max(1_000_000, rows).default(10_000).describe('The most rows that a query returns.'),
  }),
  github: section('GitHub.', {
    token: nullable(notEmpty('a token'), 'a token').describe(
      'The GitHub token. Allowed only in .maitred/.secrets.yaml; without it, maitred uses GITHUB_TOKEN, GH_TOKEN or `gh auth token`.',
    ),
    default_repo: nullable(z.string(repository).regex(repositoryName, repository), repository).describe(
      'The repository, as owner/name, for issues that are given by number alone.',
    ),
  }),
  linux_tracing: section('Snapshots of the processes of agent sessions, on Linux.', {
    enabled: z
      .boolean('true or false')
      .default(true)
      .describe(
        'Whether the memory, files and state of each session process are recorded in the folder of the session.',
      ),
    proc_interval: seconds.default(5).describe('Seconds from one snapshot of a process to the next.'),
  }),
});

/** A complete configuration: every key has a value. Keys and units are those of the YAML. */
export type Config = z.infer<typeof configSchema>;

/** The settings that tools use, without secrets. */
export type ToolSettings = Pick<
  Config,
  | 'test_check'
  | 'classify_fix'
  | 'reset_workspace'
  | 'run_cmd'
  | 'run_skill'
  | 'model'
  | 'implement_gate'
  | 'safety'
  | 'read_db'
> & {
  readonly github: Omit<Config['github'], 'token'>;
};
