import type { Enrollment } from '../../../../src/domain/enrollment.schema.ts';
import { type StateFolder, stateFolderAt } from '../../../../src/domain/state-folder.ts';
import {
  type CrashedSession,
  createSessionLog,
  type SessionLog,
  type SessionLogOptions,
} from '../../../../src/services/state/session-log/session-log.ts';
import { tempFolder } from '../../../doubles/temp-folder.ts';

export const never = new AbortController().signal;

export const anEmptyStateFolder = (): StateFolder => stateFolderAt(`${tempFolder()}/state`);

export function sessionLogAt(folder: StateFolder, changes: Partial<SessionLogOptions> = {}): SessionLog {
  return createSessionLog({ folder, serverId: 'me', isServerAlive: () => true, ...changes });
}

/** A session whose trace is this text. */
export function aCrashedSession(trace: string, changes: Partial<Enrollment> = {}): CrashedSession {
  return {
    enrollment: {
      schema_version: 2,
      pid: 4_242,
      boot_id: 'this-boot',
      starttime_ticks: 99,
      session_id: 'session-a',
      enrolled_at: '2026-03-02T11:00:00+00:00',
      kitchen_id: 'kitchen-1',
      order_id: 'order-7',
      comm: 'claude',
      ...changes,
    },
    trace: readableOf((position, length) => Buffer.from(trace).subarray(position, position + length)),
    traceMtimeMs: Date.parse('2026-03-02T11:30:00Z'),
  };
}

/** An open file whose bytes are made when they are asked for. */
export function readableOf(bytesAt: (position: number, length: number) => Buffer): CrashedSession['trace'] {
  const read = async (buffer: Buffer, offset: number, length: number, position: number) => {
    const bytes = bytesAt(position, length);
    bytes.copy(buffer, offset);
    return { bytesRead: bytes.length, buffer };
  };
  return { read: read as CrashedSession['trace']['read'] };
}
