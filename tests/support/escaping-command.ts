import type { Mark, MarkedProcess } from './marked-world.ts';

/** A command whose processes leave it in different ways: to the background, to a new session, by a double fork, without an environment. */
export interface EscapingCommand {
  readonly cmd: string;
  /** Whether all its processes run. */
  isComplete(running: readonly MarkedProcess[]): boolean;
}

/**
 * @param mark the mark of the test or world that runs it
 * @param ignoresSignals whether its processes ignore TERM, INT and HUP
 */
export function anEscapingCommand({ mark }: Pick<Mark, 'mark'>, ignoresSignals = false): EscapingCommand {
  const sleeps = [3_001, 3_002, 3_003, 3_004].map((seconds) => `${seconds}.${mark}`);
  const [plain, ofOwnSession, forkedTwice, ofNoEnvironment] = sleeps;
  const cmd = [
    ignoresSignals ? "trap '' TERM INT HUP" : 'true',
    `sleep ${plain} &`,
    `setsid sleep ${ofOwnSession} &`,
    `setsid bash -c 'sleep ${forkedTwice} & exit' &`,
    `env -i sleep ${ofNoEnvironment} &`,
    'wait; sleep infinity',
  ].join('\n');
  return {
    cmd,
    isComplete: (running) =>
      sleeps.every((sleep) => running.some(({ args }) => args[0] === 'sleep' && args[1] === sleep)),
  };
}
