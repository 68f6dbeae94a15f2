import { AppError } from './app-error.ts';

/** A problem in something that a person wrote. */
export interface PlacedFault {
  /** `file:line:col`, the name of an environment variable, `flag <key>`, or `input <name>`. */
  readonly place: string;
  /** What is wrong, what was expected and how to fix it, without the place. */
  readonly message: string;
}

/** The place and the message, as a line. */
export const placedText = ({ place, message }: PlacedFault): string => `${place}: ${message}`;

const mostFaults = 10;

/** One `invalid_input` error for all faults: one line for each of the first ten, which are also in `details.places`. */
export function placedFaultsError(found: readonly PlacedFault[]): AppError {
  // Two files in a folder can have the same problem.
  const faults = [...new Map(found.map((fault) => [placedText(fault), fault])).values()];
  const places = faults.slice(0, mostFaults).map(({ place, message }) => ({ place, message }));
  const lines = places.map(placedText);
  const more = faults.length - places.length;
  if (more > 0) lines.push(`… and ${more} more`);
  return new AppError('invalid_input', lines.join('\n'), { details: { places } });
}
