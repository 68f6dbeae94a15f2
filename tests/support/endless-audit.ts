import { mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import type { StateFolder } from '../../src/domain/state-folder.ts';

/** An index of sessions that takes no room on the disk and does not come to an end, until it is told to. */
export interface EndlessAudit {
  /** The index ends here: whoever reads it has read it. */
  end(): void;
}

const sizeBytes = 2 ** 40;

/** Makes the audit of a state folder take as long as the test wants: reading its index goes on until `end`. */
export function makeAuditEndless({ logsDir, sessionIndexFile }: StateFolder): EndlessAudit {
  mkdirSync(logsDir, { recursive: true, mode: 0o700 });
  writeFileSync(sessionIndexFile, '', { mode: 0o600 });
  truncateSync(sessionIndexFile, sizeBytes);
  return { end: () => truncateSync(sessionIndexFile, 0) };
}
