import type { Redactor } from '../../../domain/redact.ts';
import type { ServerRecord } from '../../../domain/server-record.ts';

/** Redacts the causes, the only fields with text from other programs and people. */
export function withoutSecrets(record: ServerRecord, redact: Pick<Redactor, 'text'>): ServerRecord {
  const tasks = Object.entries(record.tasks).map(([name, task]) => {
    return [name, { ...task, cause: task.cause === null ? null : redact.text(task.cause) }] as const;
  });
  const degraded = record.degraded.map(({ what, cause }) => ({ what, cause: redact.text(cause) }));
  return { ...record, tasks: Object.fromEntries(tasks), degraded };
}
