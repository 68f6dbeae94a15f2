import { expect, it } from 'vitest';
import { createActor } from 'xstate';
import {
  type AgentSessionEvent,
  agentSessionMachine,
  agentSessionWork,
  createAgentSessionMachine,
} from '../../src/machines/agent-session.machine.ts';
import { createCommandedClock } from '../fixtures/commanded-clock.ts';
import { commandWork } from '../fixtures/commanded-work.ts';
import { brokenWork, type SessionStep, serializeSession, sessionInput, sessionSteps } from './agent-session-model.ts';
import { expectedSnapshots, planTours } from './tour.ts';

it('An agent session takes every transition of its chart, and work that has lost its race is aborted', async () => {
  const { tours, edges } = planTours<SessionStep>({
    machine: agentSessionMachine,
    input: sessionInput,
    events: sessionSteps,
    serialize: serializeSession,
  });
  const taken = new Set<string>();
  for (const tour of tours) {
    const expected = expectedSnapshots(agentSessionMachine, sessionInput, tour);
    const walked = startCommanded();
    for (const [index, { event, edge }] of tour.steps.entries()) {
      await walked.take(event);
      const { value, status, context, output } = walked.snapshot();
      const way = tour.steps.slice(0, index + 1).map((step) => step.event.type);
      expect({ value, status, context, output }, way.join(' > ')).toEqual({
        value: expected[index]?.value,
        status: expected[index]?.status,
        context: expected[index]?.context,
        output: expected[index]?.output,
      });
      taken.add(edge);
    }
    walked.expectNothingLeft();
  }
  process.stdout.write(`agentSession: ${tours.length} walks, edges ${taken.size} of ${edges.size}\n`);
  expect(taken.size).toBe(edges.size);
});

/** A real actor whose work settles, and whose clock fires, on command. */
function startCommanded() {
  const clock = createCommandedClock();
  const work = commandWork(agentSessionWork);
  const actor = createActor(createAgentSessionMachine(work.actors), { input: sessionInput, clock });
  actor.start();
  const happen = (step: SessionStep) => {
    const [, kind, name] = /^xstate\.(done|error)\.actor\.(\w+)$/.exec(step.type) ?? [];
    if (kind === undefined) {
      if (step.type.startsWith('xstate.after.')) clock.fire(() => true);
      else actor.send(step as AgentSessionEvent);
    } else if (kind === 'done') work.latest(name as 'adjudicate').resolve('output' in step ? step.output : undefined);
    else work.latest(name as 'adjudicate').reject(brokenWork);
  };
  return {
    async take(step: SessionStep) {
      happen(step);
      await new Promise((resolve) => setImmediate(resolve));
    },
    snapshot: () => actor.getSnapshot(),
    expectNothingLeft() {
      if (actor.getSnapshot().status === 'active') return;
      expect(work.started.filter(({ isRunning }) => isRunning)).toEqual([]);
      expect(clock.delays()).toEqual([]);
    },
  };
}
