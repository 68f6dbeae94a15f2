import { projectName } from '../../model/project-name.ts';
import type { WatchedServer } from '../page-state.ts';

/** The project's folder and the process; of a file its name. */
export function nameOfServer({ id, line, file, recording }: WatchedServer): string {
  if (file !== null) return file.name;
  const known = line ?? recording.hello;
  return known === null ? id : `${projectName(known.projectDir)} · ${known.pid}`;
}

/** The class of the sign beside its name. */
export function signOfServer({ line }: WatchedServer): 'active' | 'done' | 'error' | 'waiting' | '' {
  if (line === null) return '';
  return ({ running: 'active', left: 'done', gone: 'error', unreachable: 'waiting' } as const)[line.status];
}

export function statusOfServer({ line }: WatchedServer): string {
  return line === null ? 'recording' : line.status;
}
