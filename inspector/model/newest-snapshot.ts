import type { SeenSnapshot } from '../../src/domain/inspection.ts';
import type { SnapshotAt } from './recording.ts';

/** A snapshot with the value that a step has changed after it. */
export const newestSnapshot = ({ snapshot, value }: SnapshotAt): SeenSnapshot =>
  value === null ? snapshot : { ...snapshot, value };
