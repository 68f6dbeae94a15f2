/** Actions, guards and actors stand in a chart by name, as an object with a type, or as a function. */
export function nameOf(part: unknown, unnamed: string): string {
  if (typeof part === 'string') return part;
  const { type, name } = Object(part) as { type?: unknown; name?: unknown };
  if (typeof type === 'string') return type;
  return typeof name === 'string' && name !== '' ? name : unnamed;
}
