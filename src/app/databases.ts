import { createDatabases } from '../services/database/create-databases.ts';
import type { Databases } from '../services/database/databases.ts';
import type { ChildProcesses } from '../services/platform/process/child-processes.ts';
import type { Door } from './door.ts';

export { build } from './build.ts';

/** Makes the service that reads the databases of others. @throws AppError as `Door.recordServer`: copies of a server that nobody knows to live are removed */
export function createServerDatabases(door: Door, processes: ChildProcesses): Databases {
  const { host, files, place, serverId } = door;
  door.recordServer();
  return createDatabases({
    processes,
    execPath: host.execPath,
    program: `${files.dir}/read-database.js`,
    copiesDir: place.stateFolder.databasesDir,
    serverId,
  });
}
