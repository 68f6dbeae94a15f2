import { writeFileAtomicallySync } from '../services/platform/files.ts';
import type { Door } from './door.ts';

/** Keeps what the door has read, so that the next start need not read the configuration before it answers. */
export function keepEarlySettings({ read, session, place }: Door): void {
  if (read?.record == null) return;
  const isKept = read.recordFile === null && read.settings === session.settings;
  if (isKept) return;
  const record = { ...read.record, settings: session.settings };
  writeFileAtomicallySync(place.earlySettingsFile, `${JSON.stringify(record)}\n`);
}
