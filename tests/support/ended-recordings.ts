import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { readScenario } from '../../src/services/scenario/read-scenario.ts';
import { scenarioDirOf } from './scenario-world.ts';
import { below, type Random } from './seeded-random.ts';
import {
  aNotification,
  anInitialize,
  aToolCall,
  aWorld,
  isAnswerTo,
  outputOf,
  type SpawnedServer,
  spawnServer,
  type World,
} from './spawned-server.ts';

/** When and how a server that records is ended. */
export interface EndingPlan {
  /** Of the life cycle; `starting`: whichever it has reached when all its calls are sent. */
  readonly state: 'starting' | 'deferredInit' | 'ready' | 'draining';
  readonly by: 'eof' | 'SIGTERM' | 'SIGINT' | 'SIGKILL';
  /** How many calls end before, unless it is ended earlier. */
  readonly calls: number;
  /** Whether one more call runs then, which does not end by itself. */
  readonly hasEndlessCall: boolean;
}

const states: readonly EndingPlan['state'][] = ['starting', 'deferredInit', 'ready', 'draining'];
const ways: readonly EndingPlan['by'][] = ['eof', 'SIGTERM', 'SIGINT', 'SIGKILL'];

/** Each state comes in turn with each way; the rest is random. */
export const planEnding = (random: Random, number: number): EndingPlan => ({
  state: states[number % states.length] ?? 'ready',
  by: ways[(number + Math.floor(number / states.length)) % ways.length] ?? 'SIGKILL',
  calls: 1 + below(random, 4),
  hasEndlessCall: random() < 0.5,
});

const nameOf = (number: number) => `call-${number}`;
const commandOf = (number: number) => `echo ${number} | tee made-${number}`;

/** Runs a server that records and is ended as planned; then checks that its scenario is whole and holds each call that was answered. */
export async function recordUntilEnded(plan: EndingPlan): Promise<void> {
  const world = aWorld();
  const dir = scenarioDirOf(world);
  const server = spawnServer({
    world,
    args: ['--open-kitchen', '--record-scenario', dir, '--set', 'shutdown.drain_ms=300'],
  });
  const exit = await liveAndEnd(server, world, plan);
  const answered = server.messages.flatMap((message) => {
    const [, number] = /^call-(\d+)$/.exec(String(message.id)) ?? [];
    return number !== undefined && message.method === undefined && outputOf(message).success === true ? [number] : [];
  });
  if (!existsSync(join(dir, 'scenario.yaml'))) {
    expect(answered).toEqual([]);
    return;
  }
  const { manifest, calls } = await readScenario(dir);
  const recorded = calls.map(({ call, steps }) => ({ ...call, steps: steps.length }));
  for (const number of answered)
    expect(recorded).toContainEqual(
      expect.objectContaining({
        arguments: expect.objectContaining({ cmd: commandOf(Number(number)) }),
        outcome: 'succeeded',
        steps: 1,
      }),
    );
  const commands = recorded.map(({ arguments: { cmd } }) => cmd);
  expect(new Set(commands).size).toBe(commands.length);
  if (exit.code !== 0) return;
  expect(manifest).toMatchObject({ state: 'complete', calls: calls.length, problems: [] });
  expect(readdirSync(join(dir, 'calls')).sort()).toEqual(calls.map(({ name }) => name));
}

async function liveAndEnd(server: SpawnedServer, { projectDir }: World, plan: EndingPlan) {
  const calls = Array.from({ length: plan.calls }, (_, at) =>
    aToolCall(nameOf(at), 'run_cmd', { cmd: commandOf(at), cwd: projectDir }),
  );
  const endless = aToolCall('endless', 'run_cmd', { cmd: 'touch begun; sleep 600', cwd: projectDir });
  server.send(
    anInitialize('initialize'),
    aNotification('notifications/initialized'),
    ...calls,
    ...(plan.hasEndlessCall ? [endless] : []),
  );
  if (plan.state !== 'starting') await server.answerTo('initialize');
  if (plan.state === 'ready' || plan.state === 'draining') {
    await Promise.all(calls.map((_, at) => server.answerTo(nameOf(at))));
    if (plan.hasEndlessCall) await expect.poll(() => existsSync(join(projectDir, 'begun'))).toBe(true);
  }
  // An endless call keeps it there; without one it may be gone already.
  if (plan.state === 'draining') {
    server.kill('SIGTERM');
    if (plan.hasEndlessCall) {
      server.send(aToolCall('late', 'kitchen_status'));
      await server.waitFor('the refusal', (message) => isAnswerTo(message, 'late') || isAnswerTo(message, 'endless'));
    }
  }
  if (plan.by === 'eof') server.endInput();
  else server.kill(plan.by);
  return server.exited();
}
