import type { Run } from '../support/run-maitred.ts';
import type { World } from '../support/spawned-server.ts';
import type { ClientProgram } from './install-clients.ts';
import type { ScriptedCall, ScriptedModel } from './scripted-model.ts';

/** How a client starts a server. */
export interface ServerCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** A client that runs a session of one prompt to its end. */
export interface Client {
  readonly program: ClientProgram;
  /** As people type it after `--client`. */
  readonly shortName: string;
  /** How its model calls a tool of the server `wrapped`. */
  toolName(tool: string): string;
  startModel(calls: readonly ScriptedCall[]): Promise<ScriptedModel>;
  /** Runs a session with the server `wrapped` and this model. */
  runSession(world: World, server: ServerCommand, modelUrl: string): Promise<Run>;
}
