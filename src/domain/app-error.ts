/** Every way in which something can fail that a caller may be told about. */
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
  /** Whether the same request can succeed later without being changed. */
  readonly retryable: boolean;
  /** Exit code of the command line; 64 and above as in sysexits(3), 124 as in timeout(1), 130 as in a shell. */
  readonly exitCode: number;
}

export const errorKinds: Readonly<Record<ErrorCode, ErrorKind>> = {
  invalid_input: { meaning: 'An argument, a setting or a file is not what it must be.', retryable: false, exitCode: 2 },
  not_found: { meaning: 'The thing that was named does not exist.', retryable: false, exitCode: 3 },
  closed: { meaning: 'The kitchen is closed; open_kitchen opens it.', retryable: false, exitCode: 4 },
  conflict: { meaning: 'Something else stands in the way: a version, a claim, a file.', retryable: false, exitCode: 5 },
  process_failed: { meaning: 'A program that was started ended badly.', retryable: false, exitCode: 6 },
  unavailable: { meaning: 'What the request needs cannot be had now.', retryable: true, exitCode: 69 },
  internal: { meaning: 'A defect of maitred.', retryable: false, exitCode: 70 },
  not_ready: { meaning: 'What the request needs is still starting.', retryable: true, exitCode: 75 },
  forbidden: { meaning: 'The request is not allowed here.', retryable: false, exitCode: 77 },
  timed_out: { meaning: 'The work took longer than its limit.', retryable: true, exitCode: 124 },
  cancelled: { meaning: 'The caller withdrew the request.', retryable: false, exitCode: 130 },
};

export type ErrorDetails = Readonly<Record<string, unknown>>;

/** An error as plain data: what charts keep in context and what goes over the wire. */
export interface Fault {
  readonly code: ErrorCode;
  /** What is wrong, where, and what to do about it; in our words only. Foreign text belongs to `details.output`. */
  readonly message: string;
  readonly details?: ErrorDetails;
}

/** Every bundle of the program has its own copy of the class; the brand is the same in all. */
const brand = Symbol.for('maitred.AppError');

/** The one error class. Services turn foreign errors into it at their edge and keep the `cause`. */
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

/** Reads anything that was thrown as a fault; what is not an `AppError` is a defect, hence `internal`. */
export function toFault(thrown: unknown): Fault {
  if (isAppError(thrown)) {
    const { code, message, details } = thrown;
    return details === undefined ? { code, message } : { code, message, details };
  }
  return { code: 'internal', message: thrown instanceof Error ? thrown.message : String(thrown) };
}
