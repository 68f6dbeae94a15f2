import type { StartedBy } from '../domain/inspection.ts';
import type { CallObserver } from '../domain/scenario/scenario.ts';
import type { ChildProcesses, ConnectedProcesses, RunOptions } from '../services/platform/process/child-processes.ts';
import type { PlayingCall } from '../services/scenario/scenario-player.ts';

interface ScenarioOfServer {
  readonly calls: CallObserver;
  /** A chart is started: what it starts belongs to the same call. */
  follow(chart: object, startedBy: StartedBy | null): void;
}

type AllProcesses = ChildProcesses & ConnectedProcesses;

/** A scenario that the programs of this server are recorded into. */
export interface RecordedScenario extends ScenarioOfServer {
  readonly kind: 'record';
  /** Puts the recording layer around what starts programs. */
  record(processes: AllProcesses): AllProcesses;
}

/** A scenario that the programs of this server are answered from. */
export interface ReplayedScenario extends ScenarioOfServer {
  readonly kind: 'replay';
  /** How much faster than recorded; null: without delays. */
  readonly speed: number | null;
  /** The call that a program belongs to; null: none. */
  callOf(asking: Pick<RunOptions, 'signal' | 'startedBy'>): PlayingCall | null;
}

export type OpenScenario = RecordedScenario | ReplayedScenario;
