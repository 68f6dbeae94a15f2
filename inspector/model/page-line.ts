import type { InspectionMessage } from '../../src/domain/inspection.ts';

/**
 * One line of the stream from the inspector's server to its page: a message of a maitred server with its id added, or the status of a server. The first line
 * about a server is an `inspector.server`.
 */
export type PageLine = (InspectionMessage & { readonly serverId: string }) | ServerLine;

/** The status of a server of this user; sent again when it changes. */
export interface ServerLine {
  readonly type: 'inspector.server';
  readonly serverId: string;
  readonly pid: number;
  readonly version: string;
  readonly projectDir: string;
  /** Of a wrapped command; absent for `serve`. */
  readonly name?: string;
  readonly startedAtMs: number;
  readonly status: WatchStatus;
  /** A sentence with more detail; null: there is none. */
  readonly why: string | null;
}

/** `ended`: it has reported its end; `disappeared`: it has not; `unreachable`: it runs but cannot be watched. */
export type WatchStatus = 'running' | 'ended' | 'disappeared' | 'unreachable';

/** The first line of a saved recording; the server's messages follow, one a line. */
export interface RecordingHeader {
  readonly type: 'maitred.recording';
  readonly formatVersion: 1;
  readonly savedAtMs: number;
  readonly serverId: string;
  /** The number of messages that the page had forgotten before it saved. */
  readonly forgotten: number;
}
