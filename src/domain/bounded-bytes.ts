/** Joins bytes that arrive in parts. What exceeds the limit is counted, not held. */
export interface BoundedBytes<Part> {
  /** Of all parts since the last `take`, also where they exceed the limit. */
  readonly sizeBytes: number;
  /** Holds a part as it is, without a copy: its memory must not change before the next `take`. */
  add(part: Part): void;
  /** The parts joined, and nothing held afterwards; null where they exceed the limit. */
  take(): Part | null;
}

/** Makes one of several parts: `Buffer.concat`. */
export type JoinBytes<Part> = (parts: readonly Part[], sizeBytes: number) => Part;

export function createBoundedBytes<Part extends { readonly length: number }>(
  limitBytes: number,
  join: JoinBytes<Part>,
): BoundedBytes<Part> {
  let parts: Part[] = [];
  let sizeBytes = 0;
  return {
    get sizeBytes() {
      return sizeBytes;
    },
    add(part) {
      sizeBytes += part.length;
      if (sizeBytes > limitBytes) parts = [];
      else if (part.length > 0) parts.push(part);
    },
    take() {
      const [only] = parts;
      const joined = sizeBytes > limitBytes ? null : parts.length === 1 && only ? only : join(parts, sizeBytes);
      parts = [];
      sizeBytes = 0;
      return joined;
    },
  };
}
