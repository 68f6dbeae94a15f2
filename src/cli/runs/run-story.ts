import { isAppError } from '../../domain/app-error.ts';
import { isJsonObject } from '../../domain/json-object.ts';
import type { JournalRecord, StepSettled } from '../../domain/recipe-run/journal-record.ts';
import type { Journals } from '../../services/journal/journals.ts';

/** The result of a settled step; null: it has none, or it cannot be read. */
export function resultOf(
  journals: Pick<Journals, 'readBlob'>,
  runId: string,
  { result }: Pick<StepSettled, 'result'>,
): unknown {
  if (result === null || 'value' in result) return result?.value ?? null;
  try {
    return JSON.parse(journals.readBlob(runId, result.blob).toString());
  } catch (thrown) {
    // The story is shown without what is damaged or gone.
    if (isAppError(thrown) || thrown instanceof SyntaxError) return null;
    throw thrown;
  }
}

/** The folder of the agent session of a step; null: it had none. */
export function sessionDirIn(result: unknown): string | null {
  const dir = isJsonObject(result) ? result.session_dir : null;
  return typeof dir === 'string' ? dir : null;
}

/** The steps of a run in order, for programs. @param sessionDirOf of a record that settled a step */
export function storyJson(
  records: readonly JournalRecord[],
  sessionDirOf: (record: JournalRecord<StepSettled>) => string | null,
): readonly object[] {
  const begun = new Map<string, JournalRecord>();
  return records.flatMap((record) => {
    switch (record.k) {
      case 'entered':
        begun.set(record.step, record);
        return [];
      case 'settled': {
        const { step, visit, attempt, kind, route, why, diagnostics, spent } = record;
        const entered = begun.get(step);
        begun.delete(step);
        const tool = entered?.k === 'entered' ? entered.tool : null;
        const times = { started_at: entered?.at ?? null, ended_at: record.at };
        const more = { diagnostics, spent, session_dir: sessionDirOf(record) };
        return [{ step, visit, attempt, tool, state: kind, route, why, ...times, ...more }];
      }
      case 'skipped': {
        const { step, visit, route, why, cause } = record;
        return [{ step, visit, state: cause === 'success' ? 'success' : 'skipped', route, why, ended_at: record.at }];
      }
      default:
        return [];
    }
  });
}
