import type { ServerRecord } from '../../domain/server-record.ts';

/** What the server knows of itself. */
export interface ServerStatus {
  /** As of now. */
  read(): ServerRecord;
  readonly stateDir: string;
  /** null: no file is kept. */
  readonly logFile: string | null;
  readonly isHeadless: boolean;
}
