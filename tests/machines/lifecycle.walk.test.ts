import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { expect, inject, test } from 'vitest';
import { lifecycleMachine } from '../../src/machines/lifecycle.machine.ts';
import type { HarnessMessage, Life } from '../fixtures/lifecycle-harness.ts';
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
const livesOfAProcess = 20;
const processesAtOnce = 2;
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
  let processes = 0;
  const walkOn = async () => {
    while (open.length > 0) {
      processes += 1;
      await walk(open.splice(0, livesOfAProcess), takenEdges, takenTransitions);
    }
  };
  await Promise.all(Array.from({ length: processesAtOnce }, walkOn));

  const transitions = transitionsOf(machine);
  const missed = [...transitions].filter((id) => !takenTransitions.has(id));
  const share = (part: number, whole: number) => `${part} of ${whole} (${((100 * part) / whole).toFixed(1)} %)`;
  process.stdout.write(
    `lifecycle: ${tours.length} lives in ${processes} processes, edges ${share(takenEdges.size, edges.size)}, ` +
      `transitions ${share(transitions.size - missed.length, transitions.size)}\n`,
  );
  expect(takenEdges.size).toBe(edges.size);
  expect(missed).toEqual([]);
});

/** Walks tours as the lives of one process, and compares each step. */
async function walk(
  tours: readonly Tour<ModelEvent>[],
  takenEdges: Set<string>,
  takenTransitions: Set<string>,
): Promise<void> {
  const { reports, exitCode } = await runHarness(tours.map(({ steps }) => steps.map(({ event }) => event)));
  let endsWith: number | undefined;
  for (const { steps } of tours) {
    const expected = expectedSnapshots(machine, modelInput, { steps }) as ModelSnapshot[];
    for (const [index, { edge }] of steps.entries()) {
      const way = steps.slice(0, index + 1).map(({ event }) => event.type);
      const report = reports.shift() ?? { failure: `the process ended with ${exitCode}` };
      const wanted = expected[index];
      expect('key' in report ? report.key : report, way.join(' > ')).toEqual(wanted && keyStateOf(wanted));
      takenEdges.add(edge);
      if ('taken' in report) for (const id of report.taken) takenTransitions.add(id);
    }
    endsWith = expected.at(-1)?.output?.exitCode;
  }
  expect(exitCode).toBe(endsWith);
}

type Report = Exclude<HarnessMessage, { readonly endsInput: number }>;

/** The reports of a process that lives these lives, and how it then ends by itself. It is killed when nothing comes for too long. */
async function runHarness(
  lives: readonly (readonly ModelEvent[])[],
): Promise<{ reports: Report[]; exitCode: number | null }> {
  const inputs = lives.map(() => 'pipe' as const);
  const child = fork(inject('lifecycleHarness'), { stdio: ['ignore', 'ignore', 'inherit', 'ipc', ...inputs] });
  const reports: Report[] = [];
  const timer = setTimeout(() => child.kill('SIGKILL'), stepLimitMs);
  child.on('message', (message: HarnessMessage) => {
    timer.refresh();
    if ('endsInput' in message) (child.stdio[message.endsInput] as Writable).end();
    else reports.push(message);
  });
  // The last report may come after the exit, never after the end of the channel.
  const ended = Promise.all([once(child, 'exit'), once(child, 'disconnect')]);
  child.send(lives.map((events, index): Life => ({ inputFd: firstInputFd + index, events })));
  const [[exitCode]] = await ended;
  clearTimeout(timer);
  return { reports, exitCode };
}

/** After stdin, stdout, stderr and the channel. */
const firstInputFd = 4;

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
