import { encodeJson } from '../../domain/encode-json.ts';
import type { ServerRecord } from '../../domain/server-record.ts';

/** Two servers that one client process runs for one project, because maitred is registered there twice. */
export interface DoubleRegistration {
  readonly plugin: ServerRecord;
  /** The server of an entry in the client's configuration. */
  readonly entry: ServerRecord;
}

/** What a person runs to end it. */
export const keepThePlugin = 'claude mcp remove maitred';
export const keepTheEntry = 'claude plugin uninstall maitred@maitred';

/**
 * Several servers of one kind are no fault: Codex starts one for each of its threads. Nor are fronts, each of which wraps another server, and
 * the server of `maitred cook`, for which the client has no entry; servers of runs have no client.
 * @param records of servers that run
 */
export function findDoubleRegistrations(records: readonly ServerRecord[]): readonly DoubleRegistration[] {
  // A child of init (pid 1) has no client.
  const ofClients = records.filter(
    ({ parentPid = 0, wrapped, recipeRun, isFromCook = false }) =>
      parentPid > 1 && wrapped === undefined && recipeRun === undefined && !isFromCook,
  );
  const entries = new Map(
    ofClients.filter(({ isFromPlugin }) => !isFromPlugin).map((entry) => [clientOf(entry), entry]),
  );
  return ofClients.flatMap((plugin) => {
    const entry = plugin.isFromPlugin ? entries.get(clientOf(plugin)) : undefined;
    return entry === undefined ? [] : [{ plugin, entry }];
  });
}

/** The same text for servers of one client process and project. */
const clientOf = (record: ServerRecord): string =>
  encodeJson([record.process.pidNamespace ?? null, record.parentPid ?? null, record.projectDir]);
