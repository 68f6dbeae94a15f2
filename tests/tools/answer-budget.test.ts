import { describe, expect, it } from 'vitest';
import type { SessionOutcome } from '../../src/domain/agent-session/session-outcome.ts';
import { noContract } from '../../src/domain/agent-session/skill-contract.ts';
import { answerBudgetBytes } from '../../src/domain/answer-budget.ts';
import { configSchema } from '../../src/domain/config.schema.ts';
import { createKitchenGate } from '../../src/domain/kitchen-gate.ts';
import { logThrough } from '../../src/domain/log-record.ts';
import type { JournalRecord, RunStarted } from '../../src/domain/recipe-run/journal-record.ts';
import { createRedactor } from '../../src/domain/redact.ts';
import { toolResultOf } from '../../src/domain/tool-result.ts';
import type { AgentSessionReport } from '../../src/runners/agent-sessions.ts';
import { listedTool } from '../../src/server/listed-tool.ts';
import type { DatabaseQuery } from '../../src/services/database/databases.ts';
import { takeRows } from '../../src/services/database/take-rows.ts';
import { createResponseLog } from '../../src/services/state/response-log.ts';
import { createTimingLog } from '../../src/services/state/timing-log.ts';
import { callTool } from '../../src/tools/call-tool.ts';
import { type AnyTool, tools } from '../../src/tools/index.ts';
import type { ToolServices } from '../../src/tools/tool-services.ts';
import { aStart, entered, opened } from '../doubles/journal-entries.ts';
import { aJournal, aLiveRun } from '../doubles/recipe-runs.ts';
import { aServerRecord } from '../doubles/server-records.ts';
import { aScope, aStatus, aWorkspace, programsThatEnd } from '../doubles/tool-calls.ts';

/** Six bytes for each character as JSON, and a quotation mark that needs a backslash. */
const nasty = (length: number) => '\u0001"'.repeat(length / 2);
const manyOf = <Thing>(count: number, make: (at: number) => Thing) =>
  Array.from({ length: count }, (_, at) => make(at));

const names = manyOf(2_000, (at) => `${at} ${nasty(190)}`);
/** The one in the middle is larger than a whole answer may be. */
const rows = manyOf(300, (at) => [
  at,
  at === 150 ? nasty(200_000) : nasty(1_000),
  new Uint8Array(at === 150 ? 200_000 : 9),
]);
const failures = manyOf(200, (at) => ({
  timestamp: '2026-11-29T10:00:00Z',
  skill_command: `${at} ${nasty(190)}`,
  exit_code: 1,
  subtype: nasty(200),
  needs_retry: true,
  retry_reason: nasty(200),
  stderr: nasty(500),
}));
const times = names.map((stepName) => ({ stepName, totalMs: 1, invocations: 1 }));
const tokens = {
  input_tokens: 1,
  output_tokens: 1,
  cache_creation_input_tokens: 1,
  cache_read_input_tokens: 1,
};
const responses = createResponseLog();
for (const { name } of tools) for (let at = 0; at < 1_000; at += 1) responses.add(name, answerBudgetBytes);
const quotaEvents = manyOf(500, (at) => ({
  ts: '2026-11-29T10:00:00Z',
  event: 'rejected' as const,
  window_name: nasty(200),
  utilization: 99.5,
  resets_at: '2026-11-29T15:00:00Z',
  session_id: `${at} ${nasty(190)}`,
  skill_command: nasty(200),
}));

const finding = (at: number) => ({
  rule: 'unknown-key',
  severity: at % 2 === 0 ? 'error' : 'warning',
  step: null,
  message: nasty(190),
  fix: nasty(190),
  file: `/${nasty(190)}`,
  line: at,
  col: 1,
});
const recipe = {
  name: nasty(100),
  description: nasty(100_000),
  summary: nasty(200),
  source: 'project',
  path: `/${nasty(190)}`,
  text: nasty(1_000_000),
  findings: manyOf(500, finding),
  rules: names,
  requiredPacks: names,
  inputsTable: nasty(100_000),
  hides: names.map((path) => ({ source: 'user', path })),
  inputs: { task: nasty(1_000_000) },
};
const record = {
  ...aStart({ inputs: recipe.inputs }),
  ...{ v: 1, n: 1, at: '2026-11-29T10:00:00Z' },
} as JournalRecord<RunStarted>;
const run = { ...aLiveRun().run, runId: 'run-1' };

const report: AgentSessionReport = {
  outcome: {} as SessionOutcome,
  result: {
    success: false,
    result: nasty(5_000),
    session_id: 's',
    subtype: 'stale',
    cli_subtype: 'success',
    is_error: true,
    exit_code: -1,
    kill_reason: 'infra_kill',
    needs_retry: true,
    retry_reason: 'stale',
    stderr: nasty(5_000),
    token_usage: null,
    write_path_warnings: manyOf(1_000, (at) => `${at} ${nasty(4_000)}`),
    write_call_count: 9,
  },
  ending: 'stale',
  stopReason: 'stale',
  costUsd: null,
  dirName: 's',
  remarks: [nasty(4_000)],
};

const services = {
  agentSessions: { run: async () => report },
  skills: { resolve: () => ({ name: 'plan', contract: noContract, prompt: '/plan' }), checkGate: () => undefined },
  audit: {
    report: async () => ({
      totalFailures: 9_999,
      failures,
      omitted: 9_799,
      skipped: { lines: 1, records: 1, files: 1 },
    }),
  },
  background: { running: names.map((name) => ({ name, forMs: 1 })) },
  listedTools: () => tools,
  databases: {
    read: async (query: DatabaseQuery) => takeRows({ columnNames: ['at', nasty(100), 'blob'], rows }, query),
  },
  emptyFolder: async () => ({
    deleted: { first: names.slice(0, 100), count: 2_000 },
    failed: { first: names.slice(0, 100).map((name) => ({ path: name.repeat(20), error: 'EACCES' })), count: 2_000 },
    skipped: names,
    entriesDeleted: 1,
  }),
  recipes: {
    listInTurns: async () => names.map((name) => ({ ...recipe, name, findings: [finding(0)], description: name })),
    describe: () => recipe,
    read: () => recipe,
    prepare: () => recipe,
  },
  recipeRuns: { start: async () => run, find: () => null },
  journals: {
    ...aJournal([entered('ask'), opened('gate-1')]).services.journals,
    list: async () => [
      ...names.map((problem, at) => ({ runId: `a-${at}`, problem })),
      ...names.map((recipe, at) => ({ runId: `b-${at}`, started: { ...record, recipe }, last: record, owner: null })),
    ],
  },
  gate: createKitchenGate({ isKitchenOpen: true }, async () => undefined),
  git: { fetchBranch: async () => undefined, changedFiles: async () => names.map((name) => `src/${name}`) },
  githubToken: { isConfigured: () => null },
  // As much as the process service returns.
  processes: programsThatEnd({
    stdout: { text: '\0'.repeat(2_730), sizeBytes: 99_999, truncatedBytes: 97_269, file: `/state/${nasty(100)}` },
    stderr: 'x'.repeat(16_300),
    survivors: manyOf(10_000, (at) => at),
    isOutputDiskFull: true,
  }).processes,
  projectFiles: () => ({ has: () => false, read: () => null }),
  async *readOutput() {
    yield [`Tests: 1 failed ${nasty(300_000)}`];
  },
  redact: createRedactor([]),
  settings: configSchema.parse({
    classify_fix: { path_prefixes: ['src/'] },
    reset_workspace: { command: ['true'] },
    test_check: { command: ['true'] },
  }),
  status: aStatus({
    read: () =>
      aServerRecord({
        waiting: names.map((tool) => ({ tool, waitsFor: ['audit'], forMs: 1 })),
        degraded: names.map((what) => ({ what, cause: what })),
      }),
  }),
  telemetry: {
    timing: async () => ({ steps: times, skippedLines: 9_999 }),
    tokens: async () => ({
      steps: times.map((step) => ({ ...step, tokens, elapsedMs: 1, wallClockMs: 1 })),
      skippedLines: 9_999,
    }),
  },
  timing: createTimingLog(),
  responses,
  quotaEvents: { read: async () => quotaEvents },
  writeTextFile: async () => undefined,
  workspace: aWorkspace,
} as unknown as ToolServices;

const folder = { test_dir: '/t' };
const worktree = { worktree_path: '/w' };
/** The arguments of each tool, and in how many entries its answers together must come. */
const calls: Readonly<Record<string, { args: object; entries?(answer: never): readonly unknown[]; total?: number }>> = {
  open_kitchen: { args: { name: 'demo' } },
  close_kitchen: { args: {} },
  kitchen_status: { args: {}, entries: ({ degraded }: { degraded: [] }) => degraded, total: 2_000 },
  run_cmd: { args: { cmd: 'true', cwd: '/' } },
  run_skill: { args: { skill_command: '/plan', cwd: '/' } },
  test_check: { args: worktree },
  reset_test_dir: { args: { ...folder, force: true } },
  classify_fix: {
    args: { ...worktree, base_branch: 'main' },
    entries: ({ all_changed_files: files }: { all_changed_files: [] }) => files,
    total: 2_000,
  },
  reset_workspace: { args: folder },
  list_recipes: { args: {}, entries: ({ recipes }: { recipes: [] }) => recipes, total: 2_000 },
  load_recipe: { args: { name: 'demo' } },
  validate_recipe: {
    args: { script_path: '/a.yaml' },
    entries: ({ findings }: { findings: [] }) => findings,
    total: 500,
  },
  start_run: { args: { recipe: 'demo' } },
  run_status: { args: { run_id: 'run-1' } },
  answer_gate: { args: { run_id: 'run-1', step: 'ask', decision: 'approve', code: 'K7QM' } },
  cancel_run: { args: { run_id: 'run-1' } },
  list_runs: { args: {}, entries: ({ runs }: { runs: [] }) => runs, total: 4_000 },
  read_db: { args: { db_path: '/d', query: 'SELECT 1' }, entries: ({ rows: list }: { rows: [] }) => list, total: 300 },
  get_pipeline_report: { args: {}, entries: ({ failures: list }: { failures: [] }) => list, total: 200 },
  get_token_summary: { args: {}, entries: ({ steps }: { steps: [] }) => steps, total: 2_000 },
  get_timing_summary: { args: {}, entries: ({ steps }: { steps: [] }) => steps, total: 2_000 },
  get_quota_events: { args: {}, entries: ({ events }: { events: [] }) => events, total: 500 },
  write_telemetry_files: { args: { output_dir: `/${nasty(4_000)}` } },
};

async function call({ name }: { readonly name: string }, args: object) {
  const outcome = await callTool(
    { name, args, scope: aScope(), logFields: {} },
    { tools: new Map(tools.map((tool) => [tool.name, tool])), services, log: logThrough(() => undefined) },
  );
  if ('fault' in outcome) throw new Error(outcome.fault.message);
  return { output: outcome.output as Answer, sizeBytes: sizeOf(outcome.output) };
}

interface Answer {
  readonly next_offset?: number | null;
  readonly left_out?: string | null;
}

const sizeOf = (output: unknown) =>
  Buffer.byteLength(
    toolResultOf(output)
      .content.map(({ text }) => text)
      .join(''),
  );

describe('However much there is, an answer has at most 48 KiB', () => {
  it('and no tool declares that its answers may be larger', () => {
    expect(answerBudgetBytes).toBe(48 * 1_024);
    expect(tools.filter((tool) => listedTool(tool)._meta !== undefined)).toEqual([]);
  });

  it.each(tools.filter(({ name }) => name !== 'run_python').map((tool) => [tool.name, tool] as const))(
    'of %s, and it is what the tool declares',
    async (name, tool: AnyTool) => {
      const { args, entries, total } = calls[name] ?? expect.unreachable(`${name} has no row in this test`);
      const seen: unknown[] = [];
      let offset: number | null = 0;
      while (offset !== null && seen.length <= (total ?? 0)) {
        const { output, sizeBytes }: { output: Answer; sizeBytes: number } = await call(
          tool,
          offset === 0 ? args : { ...args, offset },
        );
        expect(sizeBytes).toBeLessThanOrEqual(answerBudgetBytes);
        expect(tool.output().parse(output)).toEqual(output);
        if (entries === undefined) break;
        seen.push(...entries(output as never));
        const next: number | null = output.next_offset ?? null;
        if (next !== null)
          expect([output.left_out, next > offset]).toEqual([expect.stringContaining(`"offset": ${next}`), true]);
        offset = next;
      }
      if (total !== undefined) expect(seen).toHaveLength(total);
    },
  );

  it.each(['get_timing_summary', 'get_token_summary'])(
    'also of the Markdown table of %s, whose lines are whole and which says how to get the rest',
    async (name) => {
      const { output, sizeBytes } = await call({ name }, { format: 'table' });
      expect(sizeBytes).toBeGreaterThan(answerBudgetBytes / 2);
      expect(sizeBytes).toBeLessThanOrEqual(answerBudgetBytes);
      const lines = String(output).trimEnd().split('\n');
      expect(lines.slice(2, -2).filter((line) => !/^\| .* \|$/.test(line))).toEqual([]);
      expect(lines.at(-1)).toBe(
        `Left out: ${(2_000 - (lines.length - 5)).toLocaleString('en')} steps. Call again with "offset": ${lines.length - 5} to get the rest. 9,999 lines of the session index could not be read and are not counted.`,
      );
    },
  );

  it('of run_python, which has only faults, and they are bounded', async () => {
    const args = { callable: 'a.b', args: { text: nasty(200_000) } };
    await expect(call({ name: 'run_python' }, args)).rejects.toThrow('Call run_cmd instead');
  });

  it('of reset_test_dir, which says that names are missing', async () => {
    const { output } = await call({ name: 'reset_test_dir' }, folder);
    expect(output).toMatchObject({
      deleted_count: 2_000,
      left_out: expect.stringContaining('Not every name is listed'),
    });
  });
});
