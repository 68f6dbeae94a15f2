import { resolve } from 'node:path';
import { readScenarioRequest, type ScenarioRequest } from '../domain/scenario/scenario-request.ts';
import type { ServerContext } from './server-context.ts';

/**
 * The scenario that the command line or the environment asks a server for, with its folder as an absolute path; null: none.
 * @throws AppError `invalid_input`, naming the option or the variable
 */
export function requestedScenario({
  nodeProcess,
  place,
}: Pick<ServerContext, 'nodeProcess' | 'place'>): ScenarioRequest | null {
  const { scenarioFlags, workingDir, homeDir } = place;
  const request = readScenarioRequest(scenarioFlags, nodeProcess.env);
  if (request === null) return null;
  // No shell expands `~` in the entry of a client.
  return { ...request, dir: resolve(workingDir, request.dir.replace(/^~(?=\/|$)/, homeDir)) };
}
