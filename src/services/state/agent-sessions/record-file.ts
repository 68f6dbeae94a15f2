import type { RunningSession } from '../../../domain/agent-session/session-record.ts';
import { encodeJson } from '../../../domain/encode-json.ts';
import type { Redactor } from '../../../domain/redact.ts';
import { shortenText } from '../../../domain/shorten-texts.ts';
import { writeFileAtomically } from '../../platform/files.ts';

export interface RecordFileOptions {
  readonly path: string;
  readonly redact: Pick<Redactor, 'text'>;
  /** Called with each failed write. */
  onProblem(problem: unknown): void;
}

/** Writes the record of one session again and again, as a whole. */
export interface RecordFile {
  /** Writes this record or a later one soon. */
  write(record: RunningSession): void;
  /** Settles when nothing is written any more; later records are ignored. Never rejects. */
  close(): Promise<void>;
}

const mostCharacters = 4_096;

export function createRecordFile({ path, redact, onProblem }: RecordFileOptions): RecordFile {
  let next: RunningSession | null = null;
  let writing: Promise<void> | null = null;
  let isClosed = false;

  const writeAll = async () => {
    // Changes of one turn are written together.
    await null;
    while (next !== null) {
      const record = next;
      next = null;
      await writeFileAtomically(path, recordText(record, redact)).catch(onProblem);
    }
    writing = null;
  };
  return {
    write(record) {
      if (isClosed) return;
      next = record;
      writing ??= writeAll();
    },
    async close() {
      isClosed = true;
      next = null;
      await writing;
    },
  };
}

/** The marker and the contract are what the session's text is compared with: they stay as they are. */
export function recordText(record: RunningSession, redact: Pick<Redactor, 'text'>): string {
  const short = (text: string) => shortenText(redact.text(text), mostCharacters);
  const { skill_command, step_name, order_id, kitchen_id } = record;
  const texts = {
    skill_command: short(skill_command),
    step_name: short(step_name),
    order_id: short(order_id),
    kitchen_id: short(kitchen_id),
  };
  return `${encodeJson({ ...record, ...texts }, 2)}\n`;
}
