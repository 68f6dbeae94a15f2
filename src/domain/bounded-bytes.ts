/** Joins bytes that arrive in parts. Once they exceed the limit, they are counted and no longer held. */
export interface BoundedBytes<Part> {
  /** The size of all parts since the last `take`, including parts that are not held. */
  readonly sizeBytes: number;
  /** Holds the part without copying it: its memory must not change before the next `take`. */
  add(part: Part): void;
  /** Returns the parts joined and starts again; null if they exceed the limit. */
  take(): Part | null;
}

/** Joins parts: `Buffer.concat`. */
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
