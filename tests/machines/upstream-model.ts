import { expect } from 'vitest';
import type { AnyMachineSnapshot } from 'xstate';
import { appErrorOf, type Fault } from '../../src/domain/app-error.ts';
import type { CommandEnd } from '../../src/domain/upstream.ts';
import {
  type UpstreamContext,
  type UpstreamEvent,
  type UpstreamInput,
  upstreamMachine,
} from '../../src/machines/upstream.machine.ts';
import { expectedSnapshots, planTours, type Tour, type TourEvent } from './tour.ts';

/** What happens to a wrapped command, with the faults of a real one. */
export type UpstreamStep =
  | UpstreamEvent
  | { readonly type: 'xstate.done.actor.runCommand'; readonly output: CommandEnd }
  | (TourEvent & { readonly error?: unknown });

/** Commands that run all the time, and on demand. Together they come into every configuration. */
export const upstreamInputs: readonly UpstreamInput[] = [false, true].map((isOnDemand) => ({
  isOnDemand,
  idleLimitMs: 600_000,
  startLimitMs: 60_000,
}));

export const exited: Fault = { code: 'unavailable', message: 'the command ended with exit code 3' };
export const noSecret: Fault = { code: 'not_found', message: 'there is no secret' };
export const refused: Fault = {
  code: 'process_failed',
  message: 'the server answered initialize with the error -32603',
};
export const defect = new Error('a defect');

const ends = (fault: Fault, isHopeless: boolean): UpstreamStep => ({
  type: 'xstate.done.actor.runCommand',
  output: { atMs: 0, fault, isHopeless },
});
const after = (delay: string, state: string): UpstreamStep => ({ type: `xstate.after.${delay}.upstream.${state}` });
const fails = (work: string, error: unknown): UpstreamStep => ({ type: `xstate.error.actor.${work}`, error });
const breaks: UpstreamStep = { type: 'BROKEN', fault: exited };
const requested: UpstreamStep = { type: 'REQUESTED' };
const running = [ends(exited, false), fails('runCommand', defect), breaks];

/** Every event that may come in a state, with every payload that makes a difference. */
const possible: Readonly<Record<string, readonly UpstreamStep[]>> = {
  down: [],
  awaitingClient: [...running, ends(noSecret, true)],
  starting: [
    ...running,
    ends(noSecret, true),
    { type: 'xstate.done.actor.shakeHands' },
    fails('shakeHands', appErrorOf(refused)),
    after('startLimit', 'running.starting'),
  ],
  used: [...running, fails('serveClient', defect)],
  unused: [...running, fails('serveClient', defect), after('idleLimit', 'running.up.unused')],
  stopping: [...running, fails('endCommand', defect), after('endLimit', 'running.stopping')],
  backingOff: [after('backOff', 'backingOff')],
  resting: [requested, after('retryPause', 'givenUp.resting')],
  retryable: [requested],
};

export function upstreamSteps({ value, status, context }: AnyMachineSnapshot): UpstreamStep[] {
  if (status !== 'active') return [];
  const { isIntroduced, isUsed, failures } = context as UpstreamContext;
  const laterMs = (failures.at(-1) ?? 0) + timeOfStep(1);
  return [
    ...(isIntroduced ? [] : [{ type: 'INTRODUCED' } as const]),
    { type: 'USE_CHANGED', isUsed: !isUsed },
    { type: 'STOP', patienceMs: 0 },
    ...(possible[innermost(value)] ?? []).map((step) => atTime(step, laterMs)),
  ];
}

const innermost = (value: unknown): string =>
  typeof value === 'string' ? value : innermost(Object.values(value as object)[0]);

/** What the guards read. The failures do not count: each is the only one in its ten minutes. Five in that time are in the stories. */
export function serializeUpstream({ value, status, context }: AnyMachineSnapshot): string {
  const { isIntroduced, isUsed, isOnDemand, stopReason } = context as UpstreamContext;
  const isStopping = innermost(value) === 'stopping';
  return JSON.stringify([value, status, isIntroduced, isUsed, isOnDemand, isStopping && stopReason]);
}

/** What a walk compares after each step. */
export const seenOf = ({ value, status, context }: AnyMachineSnapshot) => {
  const { isIntroduced, isUsed, isOnDemand, stopReason, fault, failures, patienceMs } = context as UpstreamContext;
  const cause = fault && { code: fault.code, message: fault.message };
  return { value, status, isIntroduced, isUsed, isOnDemand, stopReason, cause, patienceMs, failures: failures.length };
};

/** The time of a step of a walk. Each failure is the only one in its ten minutes. */
export const timeOfStep = (number: number): number => number * 1_200_000;

/** A command that lives through a tour. */
export interface WalkedUpstream {
  take(step: UpstreamStep): Promise<void>;
  snapshot(): AnyMachineSnapshot;
  /** Called when the tour has come to its end. */
  end(): Promise<void>;
}

/**
 * Walks every edge that these steps make, and compares each step with the pure chart.
 * @param isPossible whether a step can be made to happen in this walk
 * @param atOnce how many commands walk at the same time
 * @returns the numbers for people
 */
export async function walkUpstream(
  isPossible: (step: UpstreamStep) => boolean,
  start: (input: UpstreamInput) => WalkedUpstream,
  atOnce: number,
): Promise<string> {
  const plans = upstreamInputs.map((input) => {
    const serialize = serializeUpstream;
    const events = (snapshot: AnyMachineSnapshot) => upstreamSteps(snapshot).filter(isPossible);
    return { input, ...planTours<UpstreamStep>({ machine: upstreamMachine, input, events, serialize }) };
  });
  const edges = new Set(plans.flatMap((plan) => [...plan.edges]));
  const taken = new Set<string>();
  const open = plans.flatMap(({ input, tours }) => tours.map((tour) => ({ input, tour: withTimes(tour) })));
  const tours = open.length;
  const walkOn = async () => {
    for (let next = open.shift(); next !== undefined; next = open.shift()) {
      const { input, tour } = next;
      const expected = expectedSnapshots(upstreamMachine, input, tour).map(seenOf);
      const walked = start(input);
      for (const [index, { event, edge }] of tour.steps.entries()) {
        await walked.take(event);
        const way = tour.steps.slice(0, index + 1).map((step) => step.event.type);
        expect(seenOf(walked.snapshot()), way.join(' > ')).toEqual(expected[index]);
        taken.add(edge);
      }
      await walked.end();
    }
  };
  await Promise.all(Array.from({ length: atOnce }, walkOn));
  expect(taken.size).toBe(edges.size);
  return `${tours} walks, edges ${taken.size} of ${edges.size}`;
}

const withTimes = ({ steps }: Tour<UpstreamStep>): Tour<UpstreamStep> => ({
  steps: steps.map(({ event, edge }, index) => ({ edge, event: atTime(event, timeOfStep(index)) })),
});

const atTime = (event: UpstreamStep, atMs: number): UpstreamStep =>
  'output' in event ? { ...event, output: { ...event.output, atMs } } : event;
