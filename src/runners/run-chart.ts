import {
  type Actor,
  type ActorOptions,
  type AnyActor,
  type AnyActorLogic,
  type AnyStateMachine,
  createActor,
  type EventFromLogic,
  type InputFrom,
  type OutputFrom,
  type SnapshotFrom,
  toPromise,
} from 'xstate';
import { AppError } from '../domain/app-error.ts';
import type { StartedBy } from '../domain/inspection.ts';
import { startTimer } from '../domain/timers.ts';
import type { Workers } from './worker-registry.ts';

/** What every runner needs. */
export interface RunnerDeps {
  /** Makes the life cycle drain, kill and leave what this runner runs. */
  register(workers: Workers): void;
  /** Shows a chart to the inspector before it starts, and notes its states for the crash file. */
  follow(name: string, actor: AnyActor, startedBy: StartedBy | null): void;
  /** Of the charts' delays; the system's where none is given. */
  readonly clock?: NonNullable<ActorOptions<AnyActorLogic>['clock']>;
}

export interface ChartRun<Machine extends AnyStateMachine> {
  /** For people: `childProcess.7`. */
  readonly name: string;
  /** What it runs, for people: `npm test`. The inspector shows it; absent: the id of the machine. */
  readonly label?: string;
  readonly input: InputFrom<Machine>;
  /** What asked for this run, if that is not who has the signal. */
  readonly startedBy?: StartedBy | undefined;
  /** Aborted: `cancel` is sent, and the chart ends in its own time; its limits bound that. */
  readonly signal?: AbortSignal;
  readonly cancel: () => EventFromLogic<Machine>;
  /** Called after each step, and once before the first. */
  onSnapshot?(snapshot: SnapshotFrom<Machine>): void;
}

export interface RunningChart<Machine extends AnyStateMachine> {
  /** Settles when the chart has reached an end. */
  readonly output: Promise<OutputFrom<Machine>>;
  /** Nothing happens once the chart has ended. */
  send(event: EventFromLogic<Machine>): void;
}

/** XState's own would take a delay of 25 days or more for none. */
const systemClock: NonNullable<RunnerDeps['clock']> = {
  setTimeout: (run, ms) => startTimer(run, ms).ref(),
  clearTimeout,
};

/** Runs a chart to its end. */
export function runChart<Machine extends AnyStateMachine>(
  machine: Machine,
  { name, label, input, startedBy, signal, cancel, onSnapshot }: ChartRun<NoInfer<Machine>>,
  { follow, clock = systemClock }: Pick<RunnerDeps, 'follow' | 'clock'>,
): RunningChart<Machine> {
  const actor: Actor<AnyStateMachine> = createActor(machine as AnyStateMachine, {
    input,
    clock,
    ...(label === undefined ? {} : { id: label }),
  });
  const send = (event: EventFromLogic<Machine>) => {
    if (actor.getSnapshot().status === 'active') actor.send(event);
  };
  follow(name, actor, startedBy ?? signal ?? null);
  if (onSnapshot !== undefined) actor.subscribe((snapshot) => onSnapshot(snapshot as SnapshotFrom<Machine>));
  actor.start();
  const output: Promise<OutputFrom<Machine>> = toPromise(actor);
  if (signal === undefined) return { output, send };
  const onAbort = () => send(cancel());
  signal.addEventListener('abort', onAbort);
  if (signal.aborted) onAbort();
  return { output: output.finally(() => signal.removeEventListener('abort', onAbort)), send };
}

/** What a runner runs, by number: the input of a chart is plain data, so its work finds the rest by the number. */
export class RunTable<Run> extends Map<number, Run> {
  #lastId = 0;

  /** @returns a number that no other run has or had */
  nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  /** @throws AppError `internal` for an unknown number */
  of(id: number): Run {
    const run = this.get(id);
    if (run === undefined) throw new AppError('internal', `nothing runs under the number ${id}`);
    return run;
  }
}
