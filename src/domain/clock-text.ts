/** The local time of day: `12:03:04.123`; `no time` for an invalid date. */
export function clockText(atMs: number): string {
  const at = new Date(atMs);
  if (Number.isNaN(at.getTime())) return 'no time';
  const two = (part: number) => String(part).padStart(2, '0');
  const ms = String(at.getMilliseconds()).padStart(3, '0');
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}.${ms}`;
}

/** The same to the second: `12:03:04`. */
export function secondText(atMs: number): string {
  return clockText(atMs).replace(/\.\d+$/, '');
}

/** The day and the time to the minute: `2026-11-22 12:03`. */
export function dayText(atMs: number): string {
  const at = new Date(atMs);
  const two = (part: number) => String(part).padStart(2, '0');
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${secondText(atMs).slice(0, 5)}`;
}
