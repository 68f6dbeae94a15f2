/** Every kind of error that a caller can get. */
export type ErrorCode =
  | 'invalid_input'
  | 'not_found'
  | 'closed'
  | 'forbidden'
  | 'conflict'
  | 'unavailable'
  | 'timed_out'
  | 'not_ready'
  | 'cancelled'
  | 'process_failed'
  | 'internal';

interface ErrorKind {
  readonly meaning: string;
  /** Whether the same request can succeed later. */
  readonly retryable: boolean;
  /** Exit code of the command line; 64 and above as in sysexits(3), 124 as in timeout(1), 130 as in a shell. */
  readonly exitCode: number;
}

export const errorKinds: Readonly<Record<ErrorCode, ErrorKind>> = {
  invalid_input: { meaning: 'An argument, a setting or a file is invalid.', retryable: false, exitCode: 2 },
  not_found: { meaning: 'Something that the request names does not exist.', retryable: false, exitCode: 3 },
  closed: { meaning: 'The kitchen is closed. Call open_kitchen first.', retryable: false, exitCode: 4 },
  conflict: { meaning: 'The request conflicts with a version, a claim or a file.', retryable: false, exitCode: 5 },
  process_failed: { meaning: 'A program that maitred started has failed.', retryable: false, exitCode: 6 },
  unavailable: { meaning: 'Something that the request needs is unavailable now.', retryable: true, exitCode: 69 },
  internal: { meaning: 'A bug in maitred.', retryable: false, exitCode: 70 },
  not_ready: { meaning: 'Something that the request needs is still starting.', retryable: true, exitCode: 75 },
  forbidden: { meaning: 'The request is not allowed here.', retryable: false, exitCode: 77 },
  timed_out: { meaning: 'The work took longer than its limit.', retryable: true, exitCode: 124 },
  cancelled: { meaning: 'The caller cancelled the request.', retryable: false, exitCode: 130 },
};

export type ErrorDetails = Readonly<Record<string, unknown>>;

/** An error as plain data: kept in the context of charts, and sent on the wire. */
export interface Fault {
  readonly code: ErrorCode;
  /** What happened, where, and what to do. Never contains foreign text: that belongs in `details.output`. */
  readonly message: string;
  readonly details?: ErrorDetails;
}

/** Each bundle of the program has its own copy of the class; the brand is the same in all of them. */
const brand = Symbol.for('maitred.AppError');

/** The only error class. Services convert foreign errors to it and keep the `cause`. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly [brand] = true;
  readonly code: ErrorCode;
  readonly details: ErrorDetails | undefined;

  constructor(code: ErrorCode, message: string, options: { details?: ErrorDetails; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = options.details;
  }
}

export function appErrorOf({ code, message, details }: Fault): AppError {
  return new AppError(code, message, details === undefined ? {} : { details });
}

export function isAppError(thrown: unknown): thrown is AppError {
  return thrown instanceof Error && brand in thrown;
}

/** Converts anything thrown to a fault. What is not an `AppError` is a defect, hence `internal`. */
export function toFault(thrown: unknown): Fault {
  if (isAppError(thrown)) {
    const { code, message, details } = thrown;
    return details === undefined ? { code, message } : { code, message, details };
  }
  return { code: 'internal', message: thrown instanceof Error ? thrown.message : String(thrown) };
}
