import type { ServerRecord } from './server-record.ts';

/** What a server reports about itself. */
export interface ServerStatus {
  /** As of now. */
  read(): ServerRecord;
  readonly stateDir: string;
  /** null: no file is kept. */
  readonly logFile: string | null;
  readonly isHeadless: boolean;
  /** The version that made the plugin for Claude Code, read anew; null where there is no plugin. */
  pluginVersion(): string | null;
}
