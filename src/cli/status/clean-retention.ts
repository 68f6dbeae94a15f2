import type { StateFolder } from '../../domain/state-folder.ts';
import { readOwnUid } from '../../services/platform/own-uid.ts';
import { createRetention, type Retention } from '../../services/state/retention/retention.ts';
import { createServerRecordReader } from '../../services/state/server-records/server-record-reader.ts';
import type { CliHost } from '../cli-host.ts';
import { readProjectConfig } from '../project-config.ts';

/**
 * The retention of a state folder, seen from outside of every server.
 * @throws AppError `invalid_input` for a bad configuration, which says where sessions leave traces in memory
 */
export function retentionOf(folder: StateFolder, host: CliHost): Retention {
  const ownUid = readOwnUid();
  const reader = createServerRecordReader({ folder, ownUid });
  return createRetention({
    folder,
    tmpfsDir: readProjectConfig(host).config.linux_tracing.tmpfs_path,
    ownUid,
    liveServerIds: reader.liveServerIds,
  });
}
