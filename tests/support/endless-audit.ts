import { mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import type { StateFolder } from '../../src/domain/state-folder.ts';

/** An index of sessions so long that reading it does not end; it takes no space on the disk. */
export interface EndlessAudit {
  /** Truncates the index, so that reading it ends. */
  end(): void;
}

const sizeBytes = 2 ** 40;

/** Makes the start-up task `audit` run until the test calls `end`. */
export function makeAuditEndless({ logsDir, sessionIndexFile }: StateFolder): EndlessAudit {
  mkdirSync(logsDir, { recursive: true, mode: 0o700 });
  writeFileSync(sessionIndexFile, '', { mode: 0o600 });
  truncateSync(sessionIndexFile, sizeBytes);
  return { end: () => truncateSync(sessionIndexFile, 0) };
}
