import type { CapturedBytes } from './scenario-recorder.ts';

/** As much of the beginning and as much of the end of an output is kept. */
export const keptEndBytes = 2 * 1_024 ** 2;

const firstRoomBytes = 4 * 1_024;

/** Keeps the beginning and the end of what is added. Copies it: holds no more than the two, however small the parts are. */
export interface HeadAndTail {
  /** Of all that was added. */
  readonly sizeBytes: number;
  add(bytes: Uint8Array): void;
  take(): CapturedBytes;
}

export function createHeadAndTail(endBytes = keptEndBytes): HeadAndTail {
  let sizeBytes = 0;
  let head = Buffer.alloc(0);
  /** Once the head is full: the byte at `n` of what follows it is at `n % endBytes`. */
  let ring: Buffer | null = null;
  const headBytes = () => Math.min(sizeBytes, endBytes);

  const addToHead = (bytes: Uint8Array) => {
    const filled = headBytes();
    const wanted = filled + bytes.length;
    if (wanted > head.length) {
      const larger = Buffer.allocUnsafe(Math.min(endBytes, Math.max(firstRoomBytes, 2 * head.length, wanted)));
      head.copy(larger, 0, 0, filled);
      head = larger;
    }
    head.set(bytes, filled);
    sizeBytes += bytes.length;
  };
  const addToTail = (bytes: Uint8Array) => {
    ring ??= Buffer.allocUnsafe(endBytes);
    const last = bytes.subarray(Math.max(0, bytes.length - endBytes));
    const at = (sizeBytes - endBytes + bytes.length - last.length) % endBytes;
    const untilWrap = last.subarray(0, endBytes - at);
    ring.set(untilWrap, at);
    ring.set(last.subarray(untilWrap.length), 0);
    sizeBytes += bytes.length;
  };

  return {
    get sizeBytes() {
      return sizeBytes;
    },
    add(bytes) {
      const ofHead = bytes.subarray(0, endBytes - headBytes());
      if (ofHead.length > 0) addToHead(ofHead);
      if (ofHead.length < bytes.length) addToTail(bytes.subarray(ofHead.length));
    },
    take() {
      const first = head.subarray(0, headBytes());
      const following = sizeBytes - first.length;
      if (ring === null) return { head: first, tail: noBytes, leftOutBytes: 0 };
      if (following <= endBytes)
        return { head: Buffer.concat([first, ring.subarray(0, following)]), tail: noBytes, leftOutBytes: 0 };
      const oldest = following % endBytes;
      const tail = Buffer.concat([ring.subarray(oldest), ring.subarray(0, oldest)]);
      return { head: first, tail, leftOutBytes: following - endBytes };
    },
  };
}

const noBytes = new Uint8Array(0);
