import { statfsSync } from 'node:fs';

/** The room on the disk of a folder. */
export interface DiskSpace {
  readonly dir: string;
  /** For this user. */
  readonly freeBytes: number;
  /** What commands leave free: 5 % of the disk, and at most 1 GiB. */
  readonly reserveBytes: number;
}

const largestReserveBytes = 1_024 ** 3;
const reserveShare = 0.05;

/** null where the system does not know it, and where the folder does not exist. */
export function readDiskSpace(dir: string): DiskSpace | null {
  try {
    const { bavail, blocks, bsize } = statfsSync(dir);
    if (blocks === 0) return null;
    const reserveBytes = Math.min(largestReserveBytes, blocks * bsize * reserveShare);
    return { dir, freeBytes: bavail * bsize, reserveBytes };
  } catch {
    // Unknown. Without the folder there is no output to check.
    return null;
  }
}

/** Less is free than commands have to leave. */
export const isLow = ({ freeBytes, reserveBytes }: DiskSpace): boolean => freeBytes < reserveBytes;

const leastRoomBytes = 4_096;

/** Nothing more can be written: some of what programs wrote may be missing. */
export const isFull = ({ freeBytes }: DiskSpace): boolean => freeBytes < leastRoomBytes;
