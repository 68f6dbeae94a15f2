import type { ServerRecord } from '../../domain/server-record.ts';

/** What the server knows of itself. */
export interface ServerStatus {
  /** As of now. */
  read(): ServerRecord;
  readonly stateDir: string;
  readonly isHeadless: boolean;
}
