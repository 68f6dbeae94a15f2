import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { ToolListChangedNotificationSchema } from '@modelcontextprotocol/sdk/types.js';
import { tools } from '../src/tools/index.ts';
import { type AuditState, writeAuditState } from '../tests/fixtures/audit-state.ts';
import { createExpectations, type Expectations } from './expectations.mts';
import { showInterruptedRun } from './interrupted-run.mts';
import { isRunning } from './is-running.mts';
import { showReplay } from './replayed-pipeline.mts';
import { answerOf, runCommand, serverUnderTest } from './server-under-test.mts';
import { createTimeline, paintFor } from './timeline.mts';
import { type Failure, readNewestFailures } from './true-failures.mts';

/** A busy day: about 200 MB, some seconds to read. */
const day = { sessions: 650, recordsPerSession: 1_000 };

const freeTools = ['open_kitchen', 'close_kitchen', 'kitchen_status'];
const allTools = tools.map(({ name }) => name);
const life = ['configure', 'compose', 'openTransport', 'deferredInit', 'ready', 'draining', 'shutdown'];

const paint = paintFor(process.stdout, process.env);
const print = (text: string) => void process.stdout.write(text);

interface Report {
  readonly total_failures: number;
  readonly failures: readonly Failure[];
  readonly omitted: number;
  readonly next_offset: number | null;
}

interface Command {
  readonly success: boolean;
  readonly stdout: string;
  readonly background_processes_ended: number;
}

interface KitchenStatus {
  readonly state: string;
  readonly tasks: Readonly<Record<string, { readonly status: string; readonly seconds: number | null }>>;
}

/** Shows the whole life of a server, from the spawn to the exit code. */
async function show(program: string, folder: string, expect: Expectations, end: AbortSignal): Promise<void> {
  const projectDir = join(folder, 'project');
  const stateDir = join(folder, 'state');
  await mkdir(join(projectDir, '.maitred'), { recursive: true });

  print(`\nwriting a day of work: ${day.sessions} sessions of ${day.recordsPerSession} records … `);
  const state = await writeAuditState({ dir: stateDir, ...day, nowMs: Date.now() });
  print(`${Math.round(state.sizeBytes / 1e6)} MB, ${state.failures} failures\n\n`);
  end.throwIfAborted();

  const timeline = createTimeline(print, paint);
  const enteredAt = new Map<string, number>();
  const place = {
    program,
    cwd: projectDir,
    env: { MAITRED_STATE_DIR: stateDir, XDG_CONFIG_HOME: join(folder, 'config') },
  };
  const server = serverUnderTest({
    ...place,
    onLog({ atMs, event, fields }) {
      if (event === 'text') timeline.add('server', String(fields.text), atMs);
      if (event !== 'state_entered') return;
      enteredAt.set(String(fields.state), atMs);
      timeline.add('server', `enters ${paint('1', String(fields.state))}`, atMs);
    },
  });
  end.addEventListener('abort', server.kill);
  const client = new Client({ name: 'maitred-demo', version: '1' });
  let listChangedAtMs: number | null = null;
  const listChanged = new Promise<void>((resolve) =>
    client.setNotificationHandler(ToolListChangedNotificationSchema, () => {
      listChangedAtMs ??= Date.now();
      timeline.add('client', 'gets tools/list_changed');
      resolve();
    }),
  );
  const listNames = async () => (await client.listTools()).tools.map(({ name }) => name);
  const ask = async <Answer,>(name: string, args: Record<string, unknown> = {}): Promise<Answer> =>
    answerOf(await client.callTool({ name, arguments: args })) as Answer;

  try {
    await client.connect(server.transport);
    timeline.startAt(server.spawnedAtMs ?? Date.now());
    timeline.add(
      'client',
      `starts "node ${relative(process.cwd(), program)} serve" and sends initialize`,
      server.spawnedAtMs ?? 0,
    );
    timeline.add(
      'client',
      `gets the initialize answer of ${client.getServerVersion()?.name} ${client.getServerVersion()?.version}`,
    );

    const names = await listNames();
    const listedAtMs = Date.now();
    timeline.add('client', `has the complete list: ${paint('1', names.join(', '))}`);
    expect(
      'the first list is complete: all tools that are shown while the kitchen is closed',
      isDeepStrictEqual(names, freeTools),
      names,
    );

    timeline.add('client', 'calls open_kitchen at once');
    const opened = await ask<{ success: boolean; kitchen: string }>('open_kitchen');
    const openedAtMs = Date.now();
    timeline.add('client', `open_kitchen answers: success ${opened.success}, kitchen ${opened.kitchen}`);
    timeline.add('demo', buildTimeNote(openedAtMs - listedAtMs), openedAtMs);
    expect('open_kitchen, called at once, succeeds', opened.success === true && opened.kitchen === 'open', opened);

    await within(5_000, listChanged);
    expect('the client is notified that the list has changed', listChangedAtMs !== null);
    const namesNow = await listNames();
    timeline.add('client', `the list now: ${paint('1', namesNow.join(', '))}`);
    expect('the list now shows the gated tools too', isDeepStrictEqual(namesNow, allTools), namesNow);

    const calledAtMs = Date.now();
    timeline.add('client', 'calls get_pipeline_report at once');
    const received: number[] = [];
    let isReported = false;
    let onThirdProgress: () => void = () => undefined;
    const thirdProgress = new Promise<void>((resolve) => {
      onThirdProgress = resolve;
    });
    const reporting = client
      .callTool({ name: 'get_pipeline_report', arguments: {} }, undefined, {
        timeout: 60_000,
        onprogress({ progress, message }) {
          received.push(progress);
          timeline.add('server', `get_pipeline_report: ${message}`);
          if (received.length === 3) onThirdProgress();
        },
      })
      .finally(() => {
        isReported = true;
      });
    reporting.catch(() => undefined);

    const early = await ask<KitchenStatus>('kitchen_status');
    timeline.add('client', `kitchen_status answers meanwhile: ${describe(early)}`);
    expect(
      'kitchen_status answers before the audit has been read',
      !isReported && early.state === 'deferredInit' && early.tasks.audit?.status !== 'done',
      early,
    );

    await Promise.race([thirdProgress, reporting]);
    const [status, statusJson] = await Promise.all([
      runCommand(place, ['status']),
      runCommand(place, ['status', '--json']),
    ]);
    timeline.add('status', `$ maitred status\n${status.stdout.trimEnd()}`);
    const slowTask = slowTaskIn(statusJson.stdout);
    expect('maitred status names the slow task', status.code === 0 && slowTask === 'audit', slowTask);

    const report = answerOf(await reporting) as Report;
    const reportedAtMs = Date.now();
    timeline.add(
      'client',
      `get_pipeline_report answers after ${reportedAtMs - calledAtMs} ms: ${report.total_failures} failures, the newest ${report.failures.length} listed, ${report.omitted} omitted`,
    );
    const isRising = received.every((progress, index) => index === 0 || progress > (received[index - 1] ?? 0));
    expect('get_pipeline_report waits, with rising progress', received.length > 0 && isRising, received);
    const listed = [...report.failures];
    for (let { next_offset: offset } = report; offset !== null; ) {
      const next = await ask<Report>('get_pipeline_report', { offset });
      listed.push(...next.failures);
      offset = next.next_offset;
    }
    await compareReport(report, listed, state, expect);

    const late = await ask<KitchenStatus>('kitchen_status');
    timeline.add('client', `kitchen_status: ${describe(late)}`);
    expect('then the server is ready, and all tasks are done', late.state === 'ready' && areAllDone(late), late);
    expect('the list arrived before the slow work was done', listedAtMs < (enteredAt.get('ready') ?? 0));

    const cmd = 'sleep 1000 & setsid sleep 1000 & echo started';
    const command = await ask<Command>('run_cmd', { cmd, cwd: projectDir });
    const ended = command.background_processes_ended;
    timeline.add(
      'client',
      `run_cmd answers: ${command.stdout.trim()}; ${ended} processes in the background were ended`,
    );
    expect(
      'run_cmd ends the processes that a command leaves behind, also those in another session',
      command.success && ended === 2,
      command,
    );

    const pidFile = join(projectDir, 'pids');
    const endless = 'setsid sleep 1000 & echo $! $$ > pids.new; mv pids.new pids; sleep 1000';
    ask('run_cmd', { cmd: endless, cwd: projectDir }).catch(() => undefined);
    const pids = (await whenWritten(pidFile)).trim().split(' ');
    timeline.add('client', `has a running command: processes ${pids.join(', ')}`);

    const closedAtMs = Date.now();
    timeline.add('client', 'closes the connection');
    await client.close();
    const exit = await server.exited;
    timeline.add(
      'demo',
      `the server has exited after ${Date.now() - closedAtMs} ms, exit code ${exit.code ?? exit.signal}`,
    );
    expect('it ends the processes of its commands', pids.filter(isRunning).length === 0, pids.filter(isRunning));
    expect('it exits by itself, with exit code 0', exit.code === 0, exit);
    expect('it has entered its seven states in order', isDeepStrictEqual(inOrder(enteredAt), life), inOrder(enteredAt));
    expect('it leaves no server record behind', (await recordsIn(stateDir)).length === 0);
  } finally {
    timeline.end();
    server.kill();
    if (server.spawnedAtMs !== null) await server.exited;
  }
}

async function whenWritten(file: string): Promise<string> {
  while (!existsSync(file)) await wait(10);
  return readFile(file, 'utf8');
}

const buildTimeNote = (ms: number) =>
  `the handshake and the list are answered from build-time data; the backend (the SDK server) was live ${ms} ms later`;

async function compareReport(
  report: Report,
  listed: readonly Failure[],
  state: AuditState,
  expect: Expectations,
): Promise<void> {
  const newest = await readNewestFailures(state.stateFolder, 200);
  expect(
    `the report is complete: total_failures is the ${state.failures} that were written`,
    report.total_failures === state.failures,
    report.total_failures,
  );
  expect('… its parts list the newest 200 of them, newest first', isDeepStrictEqual(listed, newest));
  const omitted = state.failures - report.failures.length;
  expect('… and omitted is what its first part does not list', report.omitted === omitted, report.omitted);
}

const describe = ({ state, tasks }: KitchenStatus) =>
  `${state}; ${Object.entries(tasks)
    .map(([name, { status, seconds }]) => `${name} ${status}${seconds === null ? '' : ` (${seconds.toFixed(1)} s)`}`)
    .join(', ')}`;

const areAllDone = ({ tasks }: KitchenStatus) => Object.values(tasks).every(({ status }) => status === 'done');

function slowTaskIn(json: string): string | null {
  try {
    const { servers } = JSON.parse(json) as { servers: { slow_task: { name: string } | null }[] };
    return servers[0]?.slow_task?.name ?? null;
  } catch {
    return null;
  }
}

const inOrder = (enteredAt: ReadonlyMap<string, number>) => [...enteredAt.keys()];

const recordsIn = async (stateDir: string) =>
  existsSync(join(stateDir, 'servers')) ? await readdir(join(stateDir, 'servers')) : [];

const within = (ms: number, event: Promise<void>) =>
  Promise.race([event, new Promise<void>((giveUp) => setTimeout(giveUp, ms).unref())]);

const { values } = parseArgs({
  options: { program: { type: 'string', default: resolve(import.meta.dirname, '../dist/maitred.js') } },
});
print(
  `${paint('1', 'maitred: answers at once, and correctly.')}
An MCP client (the official SDK's) starts the server on a folder that takes seconds to read; times count from there. You see the tool list at once,
a call that waits for a start-up task and reports progress, its answer, and how the server exits and ends all processes it has started.
`,
);
const folder = await mkdtemp(join(tmpdir(), 'maitred-demo-'));
const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.once(signal, () => interruption.abort(new Error(`interrupted by ${signal}`)));
const expectations = createExpectations();
try {
  const program = resolve(values.program);
  await show(program, folder, expectations.expect, interruption.signal);
  print(`
${paint('1', 'The same programs, without running them.')}
A pipeline with two sessions of Claude Code was recorded once. It is replayed in an empty project, without Claude Code, an account or a model.

`);
  const timeline = createTimeline(print, paint);
  await showReplay(program, join(folder, 'replay'), expectations.expect, timeline, interruption.signal);
  print(`
${paint('1', 'A recipe, killed in the middle.')}
The shipped recipe "demo" plans a change of a small git repository, makes it in a worktree, fixes it until the tests pass, asks a person, and commits it.
A scripted agent takes the place of Claude Code. The process of the run is killed in the middle of the fix, and the run is resumed.

`);
  const runTimeline = createTimeline(print, paint);
  await showInterruptedRun(program, join(folder, 'run'), expectations.expect, runTimeline, interruption.signal);
} catch (problem) {
  const { reason } = interruption.signal;
  const cause: unknown = reason ?? problem;
  expectations.expect(`the demo runs to its end: ${cause instanceof Error ? cause.message : String(cause)}`, false);
} finally {
  await rm(folder, { recursive: true, force: true, maxRetries: 3 });
}
print(`\n${expectations.text(paint)}\n`);
process.exitCode = expectations.failed === 0 ? 0 : 1;
