import type { StateFolder } from '../domain/state-folder.ts';
import { nodeConfigFiles } from '../services/config/config-files.ts';
import { configSourcesOf, findProject } from '../services/config/config-sources.ts';
import { readOpenConfig } from '../services/config/read-config.ts';
import { readOwnUid } from '../services/platform/own-uid.ts';
import { createRetention, type Retention } from '../services/retention/retention.ts';
import { createServerRecordReader } from '../services/server-records/server-record-reader.ts';
import type { CliHost } from './cli-host.ts';

/**
 * The retention of a state folder, seen from outside of every server.
 * @throws AppError `invalid_input` for a bad configuration, which says where sessions leave traces in memory
 */
export function retentionOf(folder: StateFolder, host: CliHost): Retention {
  const ownUid = readOwnUid();
  const reader = createServerRecordReader({ folder, ownUid });
  return createRetention({
    folder,
    tmpfsDir: readTmpfsDir(host),
    ownUid,
    liveServerIds: reader.liveServerIds,
  });
}

function readTmpfsDir({ env, homeDir, cwd }: CliHost): string {
  const sources = configSourcesOf({ projectDir: findProject(cwd()), homeDir, env, flags: {} });
  return readOpenConfig(sources, nodeConfigFiles).config.linux_tracing.tmpfs_path;
}
