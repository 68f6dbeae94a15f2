import { projectName } from './project-name.ts';

/** The name under which a recording is saved: `maitred-dishes-2026-11-22-19-03-04.jsonl`. */
export function recordingFileName(projectDir: string | null, at: Date): string {
  const project = projectDir === null ? 'server' : projectName(projectDir).replace(/[^\w.-]+/g, '-');
  return `maitred-${project}-${at.toISOString().slice(0, 19).replaceAll(/[T:]/g, '-')}.jsonl`;
}
