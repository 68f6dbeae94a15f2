import type { RetentionPlace } from '../../../domain/retention.ts';
import type { StateFolder } from '../../../domain/state-folder.ts';

export interface Place {
  readonly place: RetentionPlace;
  readonly dir: string;
  /** Whether a link may lead there. */
  readonly mayBeLink: boolean;
}

/** A person may keep the state folder elsewhere and link to it; below it nothing of ours makes a link. */
export function placesOf(folder: StateFolder, tmpfsDir: string | null): Place[] {
  return [
    { place: 'state', dir: folder.dir, mayBeLink: true },
    { place: 'logs', dir: folder.logsDir, mayBeLink: false },
    { place: 'servers', dir: folder.serversDir, mayBeLink: false },
    { place: 'crashes', dir: folder.crashesDir, mayBeLink: false },
    { place: 'door', dir: folder.earlySettingsDir, mayBeLink: false },
    { place: 'code', dir: `${folder.dir}/code`, mayBeLink: false },
    { place: 'output', dir: folder.outputDir, mayBeLink: false },
    ...(tmpfsDir === null ? [] : [{ place: 'tmpfs', dir: tmpfsDir, mayBeLink: true } as const]),
  ];
}
