import type { InspectionMessage } from '../../src/domain/inspection.ts';

/**
 * One line of what the inspector's server sends to its page: what a server has said, as it came and with its id behind it, or how a server is. The first
 * line about a server is a `inspector.server`.
 */
export type PageLine = (InspectionMessage & { readonly serverId: string }) | ServerLine;

/** A server of this user, as the inspector knows it; said again when something of it changes. */
export interface ServerLine {
  readonly type: 'inspector.server';
  readonly serverId: string;
  readonly pid: number;
  readonly version: string;
  readonly projectDir: string;
  readonly startedAtMs: number;
  readonly status: ServerStatus;
  /** In a sentence, where there is more to say than the status. */
  readonly why: string | null;
}

/** `left`: it said policy; `gone`: it did not; `unreachable`: it runs and cannot be watched. */
export type ServerStatus = 'running' | 'left' | 'gone' | 'unreachable';

/** The first line of a saved recording; what the server said follows, a line a message. */
export interface RecordingHeader {
  readonly type: 'maitred.recording';
  readonly formatVersion: 1;
  readonly savedAtMs: number;
  readonly serverId: string;
  /** Messages that the page had forgotten when it was saved. */
  readonly forgotten: number;
}
