const perObjectBytes = 32;
const perMemberBytes = 16;

/** What something that came as JSON takes in memory, roughly. */
export function estimateSizeBytes(value: unknown): number {
  if (typeof value === 'string') return perMemberBytes + value.length;
  if (typeof value !== 'object' || value === null) return perMemberBytes;
  let sizeBytes = perObjectBytes;
  if (Array.isArray(value)) for (const within of value) sizeBytes += perMemberBytes + estimateSizeBytes(within);
  else
    for (const key in value)
      sizeBytes += perMemberBytes + estimateSizeBytes((value as Readonly<Record<string, unknown>>)[key]);
  return sizeBytes;
}
