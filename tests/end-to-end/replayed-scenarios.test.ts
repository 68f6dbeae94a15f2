import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { JsonObject } from '../../src/domain/json-object.ts';
import { claudeLogDir } from '../../src/services/agents/claude-log.ts';
import { runProgram } from '../cli/run-program.ts';
import { aMarkedWorld, guardiansStartedBy, type MarkedWorld, markedProcesses } from '../support/marked-world.ts';
import {
  callAll,
  claudeSession,
  committedDirOf,
  comparableFiles,
  isUpdating,
  type RecordedScenario,
  recordScenario,
  redToGreen,
  review,
} from '../support/recorded-scenarios.ts';
import { runMaitred } from '../support/run-maitred.ts';
import { aScenarioServer } from '../support/scenario-world.ts';
import type { ServerWithOpenKitchen } from '../support/server-with-open-kitchen.ts';

interface Replay extends ServerWithOpenKitchen {
  readonly world: MarkedWorld;
}

/** A server that replays a committed scenario, in a world in which no program can be found. */
async function aReplayOf(scenario: RecordedScenario): Promise<Replay> {
  const marked = aMarkedWorld();
  const world = { ...marked, env: { ...marked.env, PATH: '/nowhere' } };
  scenario.prepare(world);
  const args = ['--replay-scenario', committedDirOf(scenario), '--strict'];
  return { ...(await aScenarioServer(world, args, { env: scenario.env })), world };
}

/** Ends a server, which must have used every step and started nothing. */
async function leave({ server, world }: Replay): Promise<void> {
  expect(guardiansStartedBy(server.pid)).toEqual([]);
  expect(markedProcesses(world).map(({ pid }) => pid)).toEqual([server.pid]);
  expect(await server.leave()).toEqual({ code: 0, signal: null });
}

const textIn = ({ world: { projectDir } }: Replay, name: string) => readFileSync(join(projectDir, name), 'utf8');

test('Sessions of Claude Code are replayed without it and without a model: with their answers, files, tokens and logs', async () => {
  const replay = await aReplayOf(claudeSession);
  const { world, call } = replay;
  await callAll(claudeSession, replay);
  expect(textIn(replay, 'greeting.txt')).toBe('hello\n');
  expect(textIn(replay, 'report.md')).toBe('# Nobody had written the greeting\n');
  expect(await call('get_token_summary', {})).toMatchObject({
    steps: [
      { step_name: 'smoke-task', input_tokens: 2, output_tokens: 2 },
      { step_name: 'investigate', input_tokens: 3, output_tokens: 3 },
    ],
  });
  await leave(replay);
  const { stdout } = await runMaitred(world, 'sessions', 'list', '--json');
  const { settled } = JSON.parse(stdout) as { readonly settled: readonly JsonObject[] };
  expect(settled.map(({ skill_command, agent }) => [skill_command, agent])).toEqual([
    ['/investigate why there was no greeting', 'claude'],
    ['/smoke-task make greeting.txt', 'claude'],
  ]);
  const logs = settled.map(({ session_id }) => `${session_id}.jsonl`);
  expect(readdirSync(claudeLogDir(world.projectDir, world)).sort()).toEqual(logs.sort());
});

test('Failing tests, their correction and its commit are replayed without npm, a shell and git', async () => {
  const replay = await aReplayOf(redToGreen);
  await callAll(redToGreen, replay);
  expect(textIn(replay, 'cart.js')).toContain('price * count');
  await leave(replay);
});

test('What git and a database have said is replayed without them, and a folder is emptied', async () => {
  const replay = await aReplayOf(review);
  await callAll(review, replay);
  expect(existsSync(join(replay.world.projectDir, 'scratch/old.log'))).toBe(false);
  await leave(replay);
});

test.each([claudeSession, redToGreen, review])(
  'The scenario $name can be committed: check finds nothing',
  async (scenario) => {
    const { out, exits } = await runProgram(['scenario', 'check', committedDirOf(scenario)]);
    expect(out).toMatch(/^ok: \d calls, \d programs\n$/);
    expect(exits).toEqual([0]);
  },
);

/** The others are recorded again only to be committed. */
const recordedAgain = isUpdating ? [redToGreen, review] : [redToGreen];

test.each(recordedAgain)(
  'The programs of $name, started again, make the scenario that is committed, apart from its times',
  async (scenario) => {
    const dir = await recordScenario(scenario);
    expect(comparableFiles(dir)).toEqual(comparableFiles(committedDirOf(scenario)));
  },
);
