import { fork } from 'node:child_process';
import { expect, inject, test } from 'vitest';
import { lifecycleMachine } from '../../src/machines/lifecycle.machine.ts';
import type { StepReport } from '../fixtures/lifecycle-harness.ts';
import {
  keyStateOf,
  type ModelEvent,
  type ModelSnapshot,
  modelEvents,
  modelInput,
  serializeModelState,
} from './lifecycle-model.ts';
import { expectedSnapshots, planTours, type Tour } from './tour.ts';

const machine = lifecycleMachine.provide({ actions: { wireTransport: () => undefined } });
const processesAtOnce = 4;
const stepLimitMs = 20_000;

test('a server process takes every transition of its chart, and no other', { timeout: 240_000 }, async () => {
  const { tours, edges } = planTours<ModelEvent>({
    machine,
    input: modelInput,
    events: modelEvents,
    serialize: serializeModelState,
  });
  const takenEdges = new Set<string>();
  const takenTransitions = new Set<string>();
  const open = [...tours];
  const walkOn = async () => {
    for (let tour = open.shift(); tour !== undefined; tour = open.shift())
      await walk(tour, takenEdges, takenTransitions);
  };
  await Promise.all(Array.from({ length: processesAtOnce }, walkOn));

  const transitions = transitionsOf(machine);
  const missed = [...transitions].filter((id) => !takenTransitions.has(id));
  const share = (part: number, whole: number) => `${part} of ${whole} (${((100 * part) / whole).toFixed(1)} %)`;
  process.stdout.write(
    `lifecycle: ${tours.length} processes, edges ${share(takenEdges.size, edges.size)}, ` +
      `transitions ${share(transitions.size - missed.length, transitions.size)}\n`,
  );
  expect(takenEdges.size).toBe(edges.size);
  expect(missed).toEqual([]);
});

/** Walks one tour on a process of its own and compares after each step. */
async function walk(
  { steps }: Tour<ModelEvent>,
  takenEdges: Set<string>,
  takenTransitions: Set<string>,
): Promise<void> {
  const expected = expectedSnapshots(machine, modelInput, { steps }) as ModelSnapshot[];
  const server = startHarness();
  try {
    await server.take({ type: 'xstate.init' });
    for (const [index, { event, edge }] of steps.entries()) {
      const way = steps.slice(0, index + 1).map((step) => step.event.type);
      const report = await server.take(event);
      const wanted = expected[index];
      expect(report.key, way.join(' > ')).toEqual(wanted === undefined ? null : keyStateOf(wanted));
      takenEdges.add(edge);
      for (const id of report.taken) takenTransitions.add(id);
    }
    const end = expected.at(-1);
    if (end?.status === 'done') expect(await server.exitCode).toBe(end.output?.exitCode);
  } finally {
    server.kill();
  }
}

interface Harness {
  take(event: ModelEvent): Promise<StepReport>;
  readonly exitCode: Promise<number | null>;
  kill(): void;
}

type Message = StepReport | { readonly wants: string } | { readonly failure: string };

function startHarness(): Harness {
  const child = fork(inject('lifecycleHarness'), { stdio: ['pipe', 'ignore', 'inherit', 'ipc'] });
  const exitCode = new Promise<number | null>((resolve) => child.once('exit', resolve));
  let settle: { resolve(report: StepReport): void; reject(error: Error): void } | null = null;
  child.on('message', (message: Message) => {
    if ('key' in message) settle?.resolve(message);
    else if ('wants' in message) child.stdin?.end();
    else settle?.reject(new Error(message.failure));
  });
  return {
    exitCode,
    kill: () => child.kill('SIGKILL'),
    take: (event) =>
      new Promise((resolve, reject) => {
        const what = JSON.stringify(event);
        const fail = (why: string) => {
          clearTimeout(timer);
          reject(new Error(`${why}, at ${what}`));
        };
        const timer = setTimeout(() => fail('nothing came'), stepLimitMs);
        settle = {
          resolve(report) {
            clearTimeout(timer);
            resolve(report);
          },
          reject: ({ message }) => fail(message),
        };
        void exitCode.then((code) => settle?.reject(new Error(`the process ended with ${code}`)));
        child.send(event);
      }),
  };
}

interface Node {
  readonly id: string;
  readonly states: Readonly<Record<string, Node>>;
  readonly transitions: ReadonlyMap<
    string,
    readonly { eventType: string; target?: readonly { id: string }[] | undefined }[]
  >;
  readonly always?: readonly { eventType: string; target?: readonly { id: string }[] | undefined }[] | undefined;
}

/** Watchers that fail are faults of the program, not of its world: the second set of tests has them. */
const watchers = /^xstate\.error\.actor\.watch/;

function transitionsOf({ root }: { readonly root: unknown }): Set<string> {
  const ids = new Set<string>();
  const visit = ({ id, states, transitions, always }: Node) => {
    for (const transition of [...[...transitions.values()].flat(), ...(always ?? [])])
      if (!watchers.test(transition.eventType))
        ids.add(`${id} | ${transition.eventType} | ${(transition.target ?? []).map((target) => target.id).join(' ')}`);
    for (const state of Object.values(states)) visit(state);
  };
  visit(root as Node);
  return ids;
}
