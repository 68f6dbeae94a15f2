/** @returns whether one more may be recorded, if so many may be within a second */
export function createPlacesASecond(): (most: number) => boolean {
  const takenAtMs: number[] = [];
  return (most) => {
    const nowMs = performance.now();
    while (takenAtMs[0] !== undefined && takenAtMs[0] <= nowMs - 1_000) takenAtMs.shift();
    if (takenAtMs.length >= most) return false;
    takenAtMs.push(nowMs);
    return true;
  };
}
