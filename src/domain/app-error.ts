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
  /** Whether the same request can succeed later. */
  readonly retryable: boolean;
  /** Exit code of the command line; 64 and above as in sysexits(3), 124 as in timeout(1), 130 as in a shell. */
  readonly exitCode: number;
}

const final = (exitCode: number): ErrorKind => ({ retryable: false, exitCode });
const passing = (exitCode: number): ErrorKind => ({ retryable: true, exitCode });

export const errorKinds: Readonly<Record<ErrorCode, ErrorKind>> = {
  invalid_input: final(2),
  not_found: final(3),
  closed: final(4),
  conflict: final(5),
  process_failed: final(6),
  unavailable: passing(69),
  internal: final(70),
  not_ready: passing(75),
  forbidden: final(77),
  timed_out: passing(124),
  cancelled: final(130),
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

/** Converts anything thrown to a fault. Anything but an `AppError` is a defect: `internal`. */
export function toFault(thrown: unknown): Fault {
  if (isAppError(thrown)) {
    const { code, message, details } = thrown;
    return details === undefined ? { code, message } : { code, message, details };
  }
  return { code: 'internal', message: thrown instanceof Error ? thrown.message : String(thrown) };
}
