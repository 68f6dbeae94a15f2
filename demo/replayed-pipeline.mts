import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import type { Expectations } from './expectations.mts';
import { answerOf, runCommand, serverUnderTest } from './server-under-test.mts';
import type { Timeline } from './timeline.mts';

/** Two sessions of Claude Code, and the tests before and after the first: CONTRIBUTING.md says how it is recorded. */
const scenarioDir = resolve(import.meta.dirname, '../tests/fixtures/scenarios/claude-session');

interface Scenario {
  readonly calls: readonly {
    readonly call: { readonly tool: string; readonly arguments: Readonly<Record<string, string>> };
    readonly steps: readonly { readonly ended: { readonly after_ms: number } }[];
  }[];
}

interface Answer {
  readonly success?: boolean;
  readonly result?: string;
  readonly passed?: boolean;
  readonly summary?: string;
}

/** Replays a pipeline in a project that is empty, on a machine that has none of its programs. */
export async function showReplay(
  program: string,
  folder: string,
  expect: Expectations,
  timeline: Timeline,
  end: AbortSignal,
): Promise<void> {
  const projectDir = join(folder, 'project');
  await mkdir(join(projectDir, '.maitred'), { recursive: true });
  const place = {
    program,
    cwd: projectDir,
    env: {
      HOME: folder,
      PATH: '/nowhere',
      MAITRED_STATE_DIR: join(folder, 'state'),
      MAITRED_RUN_SKILL__AGENT: 'claude',
      MAITRED_TEST_CHECK__COMMAND: '[npm, test, --silent]',
    },
  };
  const shown = await runCommand(place, ['scenario', 'show', scenarioDir, '--json']);
  const { calls } = JSON.parse(shown.stdout) as Scenario;
  const steps = calls.flatMap((call) => call.steps);
  const recordedMs = steps.reduce((sum, { ended }) => sum + ended.after_ms, 0);
  end.throwIfAborted();

  const server = serverUnderTest({
    ...place,
    args: ['--open-kitchen', '--replay-scenario', scenarioDir, '--strict'],
    onLog: () => undefined,
  });
  end.addEventListener('abort', server.kill);
  const client = new Client({ name: 'maitred-demo', version: '1' });
  try {
    await client.connect(server.transport);
    timeline.startAt(server.spawnedAtMs ?? Date.now());
    timeline.add(
      'client',
      'starts "maitred serve --replay-scenario", without an agent, npm, git and a shell on its PATH',
    );
    // The server is warm then, as it was when the programs ran.
    await client.callTool({ name: 'kitchen_status' });
    const startMs = Date.now();
    const answers: Answer[] = [];
    for (const { call } of calls) {
      const args = Object.entries(call.arguments).map(([name, value]) => [
        name,
        value.replaceAll('<<project>>', projectDir),
      ]);
      const answer = answerOf(
        await client.callTool({ name: call.tool, arguments: Object.fromEntries(args) }),
      ) as Answer;
      answers.push(answer);
      timeline.add('client', `${describeCall(call.arguments.skill_command ?? call.tool)}: ${describeAnswer(answer)}`);
    }
    const tookMs = Date.now() - startMs;
    timeline.add(
      'demo',
      `the programs took ${seconds(recordedMs)} when they were recorded, and now ${seconds(tookMs)}`,
    );

    const [before, session, after, report] = answers;
    expect(
      'a replayed session of Claude Code succeeds, and the tests that failed before it pass',
      before?.passed === false && session?.success === true && after?.passed === true,
      answers,
    );
    const made = join(projectDir, 'greeting.txt');
    expect('the file that the session wrote is there', existsSync(made) && readFileSync(made, 'utf8') === 'hello\n');
    expect(
      'the second session, asked for a line that it had forgotten, names its report here',
      report?.result?.includes(`${projectDir}/report.md`) === true,
      report,
    );
    expect('no program was started', childrenOf(server.pid).length === 0, childrenOf(server.pid));
    expect('it takes less time than the programs took', tookMs < recordedMs, tookMs);
    await client.close();
    const exit = await server.exited;
    timeline.add('demo', `the server has exited, exit code ${exit.code ?? exit.signal}`);
    expect('every step of the scenario was used: with --strict, the exit code is 0', exit.code === 0, exit);
  } finally {
    timeline.end();
    server.kill();
    if (server.spawnedAtMs !== null) await server.exited;
  }
}

const describeCall = (call: string) => (call.startsWith('/') ? `run_skill "${call}"` : call);

const describeAnswer = ({ passed, summary, success, result }: Answer) =>
  passed === undefined ? `success ${success}, "${result?.replaceAll('\n', ' ')}"` : `passed ${passed}, "${summary}"`;

const seconds = (ms: number) => `${(ms / 1_000).toFixed(1)} s`;

/** The processes that a process has started and that run. A server that has started a program has one as long as it lives. */
function childrenOf(pid: number): readonly string[] {
  if (!existsSync('/proc')) return [];
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.filter((child) => {
    try {
      return readFileSync(`/proc/${child}/stat`, 'latin1')
        .replace(/^.*\) \S+ /s, '')
        .startsWith(`${pid} `);
    } catch {
      return false;
    }
  });
}
