const unitsMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const;

const isUnit = (text: string | undefined): text is keyof typeof unitsMs => text !== undefined && text in unitsMs;

/** Reads `500ms`, `1.5s`, `10m` or `2h` in whole milliseconds. null for anything else, such as a number without a unit. */
export function parseDuration(text: string): number | null {
  const [, count, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text) ?? [];
  return isUnit(unit) ? Math.round(Number(count) * unitsMs[unit]) : null;
}
