import { AppError } from '../../domain/app-error.ts';
import type { PlacedFault } from './layer.ts';

const mostFaults = 10;

/** One error for everything that is wrong: a line for each fault, the first ten in full. */
export function configError(found: readonly PlacedFault[]): AppError {
  // Two files of one folder can find the same thing in their way.
  const faults = [...new Map(found.map((fault) => [`${fault.place}: ${fault.message}`, fault])).values()];
  const places = faults.slice(0, mostFaults).map(({ place, message }) => ({ place, message }));
  const lines = places.map(({ place, message }) => `${place}: ${message}`);
  const more = faults.length - places.length;
  if (more > 0) lines.push(`… and ${more} more`);
  return new AppError('invalid_input', lines.join('\n'), { details: { places } });
}
