import { projectName } from '../../model/project-name.ts';
import type { WatchedServer } from '../page-state.ts';

/** The project, or the name of a wrapped command, and the process id; of a recording the name of its file. */
export function serverLabel({ id, line, file, recording }: WatchedServer): string {
  if (file !== null) return file.name;
  const known = line ?? recording.hello;
  return known === null ? id : `${known.name ?? projectName(known.projectDir)} · ${known.pid}`;
}

/** The CSS class of the sign beside the label. */
export function serverSign({ line }: WatchedServer): 'active' | 'done' | 'error' | 'waiting' | '' {
  if (line === null) return '';
  return ({ running: 'active', ended: 'done', disappeared: 'error', unreachable: 'waiting' } as const)[line.status];
}

export function serverStatus({ line }: WatchedServer): string {
  return line === null ? 'recording' : line.status;
}
