import type { CapturedProgram, RecordingCall } from '../../src/services/scenario/scenario-recorder.ts';

export interface ARecordingCall extends RecordingCall {
  /** What was added, by number. */
  readonly programs: ReadonlyMap<number, CapturedProgram>;
  /** The numbers of programs that could not be started. */
  readonly dropped: readonly number[];
  readonly isAbandoned: boolean;
}

/** A call that keeps what its programs did. @param write settles when that is written */
export function aRecordingCall(write: () => Promise<void> = async () => undefined): ARecordingCall {
  const programs = new Map<number, CapturedProgram>();
  const dropped: number[] = [];
  let started = 0;
  let isAbandoned = false;
  return {
    programs,
    dropped,
    get isAbandoned() {
      return isAbandoned;
    },
    nextProgram() {
      started += 1;
      return started;
    },
    async add(number, program) {
      await write();
      programs.set(number, program);
    },
    drop: (number) => void dropped.push(number),
    abandon() {
      isAbandoned = true;
    },
    settle: () => undefined,
  };
}
