import { createDatabases } from '../services/database/create-databases.ts';
import type { Databases } from '../services/database/databases.ts';
import type { ChildProcesses } from '../services/platform/process/child-processes.ts';
import type { Door } from './door.ts';

export { build } from './build.ts';

/** Makes the service that reads the databases of others. */
export function createServerDatabases({ host, files, place }: Door, processes: ChildProcesses): Databases {
  return createDatabases({
    processes,
    execPath: host.execPath,
    program: `${files.dir}/read-database.js`,
    copiesDir: place.stateFolder.databasesDir,
  });
}
