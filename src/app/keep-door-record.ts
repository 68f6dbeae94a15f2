import type { DoorSettings } from '../domain/door-settings.ts';
import { writeFileAtomically } from '../services/platform/files.ts';
import type { Door } from './door.ts';

/** Keeps what the door has read, so that the next start need not read the configuration before it answers. */
export async function keepDoorRecord(door: Door, settings: DoorSettings, isChanged: boolean): Promise<void> {
  const { read } = door;
  if (read?.record == null || (read.recordFile === null && !isChanged)) return;
  const file = read.recordFile ?? door.place.doorRecordFile;
  await writeFileAtomically(file, `${JSON.stringify({ ...read.record, settings, fault: null })}\n`);
}
