/** No server means more; much deeper values cannot be compared, or written as JSON. */
export const mostLevels = 200;

/** Whether arrays and objects in a JSON value are nested more than so many levels deep. Does not recurse: a stranger has made the value. */
export function isNestedDeeper(value: unknown, levels: number): boolean {
  let level: readonly object[] = isContainer(value) ? [value] : [];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth === levels) return true;
    level = level.flatMap((container) => Object.values(container).filter(isContainer));
  }
  return false;
}

const isContainer = (value: unknown): value is object => typeof value === 'object' && value !== null;
