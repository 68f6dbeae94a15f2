import { clockText } from '../../../src/domain/clock-text.ts';
import { projectName } from '../../model/project-name.ts';
import { servers, type WatchedServer } from '../page-state.ts';

/** The project, or the name of a wrapped command, and the process id, with the start if another server has both; of a recording the name of its file. */
export function serverLabel(shown: WatchedServer): string {
  const name = nameOf(shown);
  const startedAtMs = (shown.line ?? shown.recording.hello)?.startedAtMs;
  const isAlone = servers.value.every((other) => other.id === shown.id || nameOf(other) !== name);
  return isAlone || startedAtMs === undefined ? name : `${name} · ${clockText(startedAtMs)}`;
}

function nameOf({ id, line, file, recording }: WatchedServer): string {
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
