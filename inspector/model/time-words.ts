/** The time of day, as a clock here shows it: `12:03:04.123`. */
export function sayClock(atMs: number): string {
  const at = new Date(atMs);
  if (Number.isNaN(at.getTime())) return 'no time';
  const two = (part: number) => String(part).padStart(2, '0');
  const ms = String(at.getMilliseconds()).padStart(3, '0');
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}.${ms}`;
}

/** The same to the second: `12:03:04`. */
export function saySecond(atMs: number): string {
  return sayClock(atMs).replace(/\.\d+$/, '');
}
