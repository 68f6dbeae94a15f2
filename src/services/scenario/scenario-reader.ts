import type { ScenarioCall, ScenarioManifest, ScenarioStep } from '../../domain/scenario/scenario.ts';

/** One call of a scenario. */
export interface ReadCall {
  /** As the folder: `0001-run_cmd`. */
  readonly name: string;
  /** Absolute. */
  readonly dir: string;
  readonly call: ScenarioCall;
  /** In the order in which the programs were started. */
  readonly steps: readonly ScenarioStep[];
}

export interface ReadScenario {
  /** Absolute. */
  readonly dir: string;
  readonly manifest: ScenarioManifest;
  /** In their order. */
  readonly calls: readonly ReadCall[];
}

/** Something that is wrong with a scenario. An error means that it cannot be replayed. */
export interface ScenarioFinding {
  readonly rule: string;
  readonly severity: 'error' | 'warning';
  /** `file:line:col`, relative to the folder of the scenario; only `file` where it is not about a line. */
  readonly place: string;
  /** What is wrong, and what to do. */
  readonly message: string;
}
