import { AppError, type ErrorCode } from '../../domain/app-error.ts';
import { onlySelects } from './check-query.ts';

/** Why a database cannot be read, and the error for it, with a fix. `PATH` stands for the file. */
const meanings = {
  noEngine: [
    'unavailable',
    'This Node has no SQLite: run maitred with Node 24 or later, or install the engine beside it (npm install node-sqlite3-wasm), and call again.',
  ],
  unreadable: ['invalid_input', 'PATH cannot be read: check that it is a file and that this user may read it.'],
  notADatabase: [
    'invalid_input',
    'PATH is not an SQLite database, or it is encrypted: name the file that an SQLite program made.',
  ],
  utf16: [
    'unavailable',
    'PATH holds its texts in UTF-16, which the SQLite of this Node cannot read: run maitred with Node 24 or later.',
  ],
  damaged: ['invalid_input', 'PATH is damaged: `sqlite3 FILE .recover` recovers what can still be read.'],
  beingWritten: [
    'unavailable',
    'PATH is being written: call again in a moment. If no program writes it, one did not finish a change: `sqlite3 FILE "SELECT 1"` rolls that back.',
  ],
  tooLargeToCopy: [
    'invalid_input',
    `PATH is larger than 2 GiB and would have to be copied to be read: run maitred with Node 24 or later, which reads databases without a write-ahead log in place, or make a smaller one with \`sqlite3 FILE "VACUUM INTO 'copy.db'"\` and name that.`,
  ],
  noCopy: [
    'unavailable',
    'PATH must be copied to the state folder to be read, and the copy failed: make room there, or set MAITRED_STATE_DIR to another folder.',
  ],
  writes: ['invalid_input', 'The query would do more than read, and read_db only reads: ask with SELECT.'],
  tooMuchMemory: [
    'invalid_input',
    'The query takes more memory than it may: select fewer or shorter values (substr), and let the database aggregate.',
  ],
  rowTooLarge: [
    'invalid_input',
    'One row has so many columns, or so long names, that it alone is larger than an answer may be: select fewer columns, or name them with AS.',
  ],
  badQuery: ['invalid_input', 'The database rejects the query: details.output says why.'],
} as const satisfies Readonly<Record<string, readonly [ErrorCode, string]>>;

export type DatabaseProblemKind = keyof typeof meanings;

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

/** Both engines are SQLite, so their messages are the same. */
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

const mostOutputCharacters = 2_000;

/** The message of the engine or the system goes to `details.output`. */
export function databaseErrorOf({ kind, output }: DatabaseProblem, path: string): AppError {
  const [code, sentence] = meanings[kind];
  return new AppError(
    code,
    sentence.replace('PATH', () => path),
    {
      details: {
        path,
        ...(output === undefined ? {} : { output: output.slice(0, mostOutputCharacters) }),
        ...(kind === 'writes' ? { hint: onlySelects } : {}),
      },
    },
  );
}
