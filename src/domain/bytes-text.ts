const units = ['KiB', 'MiB', 'GiB'] as const;

/** A size for people: `340 B`, `12.3 KiB`, `2.0 GiB`. */
export function bytesText(sizeBytes: number): string {
  if (sizeBytes < 1_024) return `${sizeBytes} B`;
  const power = Math.min(units.length, Math.floor(Math.log2(sizeBytes) / 10));
  return `${(sizeBytes / 1_024 ** power).toFixed(1)} ${units[power - 1]}`;
}
