/** Why a database cannot be read. */
export type DatabaseProblemKind =
  | 'noEngine'
  | 'unreadable'
  | 'notADatabase'
  | 'damaged'
  | 'beingWritten'
  | 'tooLargeToCopy'
  | 'noCopy'
  | 'writes'
  | 'tooMuchMemory'
  | 'rowTooLarge'
  | 'badQuery';

export interface DatabaseProblem {
  readonly kind: DatabaseProblemKind;
  /** The message of the engine or the system. */
  readonly output?: string;
}

/** Thrown in the program that reads, which sends it to the server as data. */
export class DatabaseError extends Error {
  readonly problem: DatabaseProblem;

  constructor(kind: DatabaseProblemKind, output?: string) {
    super(output ?? kind);
    this.problem = output === undefined ? { kind } : { kind, output };
  }
}

/** Both engines are SQLite and have the same messages. */
const kindByMessage: readonly (readonly [RegExp, DatabaseProblemKind])[] = [
  [/unable to open database/, 'unreadable'],
  [/file is not a database|file is encrypted/, 'notADatabase'],
  [/malformed|disk I\/O error/, 'damaged'],
  [/database (table )?is locked|database schema has changed|locking protocol/, 'beingWritten'],
  [/readonly database|not authorized/, 'writes'],
  [/out of memory|too big|Cannot create a string|Invalid (string|array buffer|typed array) length/i, 'tooMuchMemory'],
];

export function toProblem(thrown: unknown): DatabaseProblem {
  if (thrown instanceof DatabaseError) return thrown.problem;
  const output = thrown instanceof Error ? thrown.message : String(thrown);
  const kind = kindByMessage.find(([message]) => message.test(output))?.[1] ?? 'badQuery';
  return { kind, output };
}
