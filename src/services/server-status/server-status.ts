import type { ServerRecord } from '../../domain/server-record.ts';

/** What the server knows of itself. */
export interface ServerStatus {
  /** As of now. */
  read(): ServerRecord;
  readonly stateDir: string;
  /** null: no file is kept. */
  readonly logFile: string | null;
  readonly isHeadless: boolean;
  /** The version that the plugin for Claude Code was made by, as of now; null where there is none. */
  pluginVersion(): string | null;
}
