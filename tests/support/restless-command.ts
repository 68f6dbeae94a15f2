import type { Bearer, Mark } from './marked-world.ts';

/** A command that leaves processes behind in every way in which one gets away from its parents. */
export interface RestlessCommand {
  readonly cmd: string;
  /** Whether all of them are there. */
  isComplete(bearers: readonly Bearer[]): boolean;
}

/**
 * @param mark of whoever runs it
 * @param isDeaf whether all of them ignore the signals that ask
 */
export function aRestlessCommand({ mark }: Pick<Mark, 'mark'>, isDeaf = false): RestlessCommand {
  const sleeps = [3_001, 3_002, 3_003, 3_004].map((seconds) => `${seconds}.${mark}`);
  const [plain, ofOwnSession, forkedTwice, ofNoEnvironment] = sleeps;
  const cmd = [
    isDeaf ? "trap '' TERM INT HUP" : 'true',
    `sleep ${plain} &`,
    `setsid sleep ${ofOwnSession} &`,
    `setsid bash -c 'sleep ${forkedTwice} & exit' &`,
    `env -i sleep ${ofNoEnvironment} &`,
    'wait; sleep infinity',
  ].join('\n');
  return {
    cmd,
    isComplete: (bearers) =>
      sleeps.every((sleep) => bearers.some(({ args }) => args[0] === 'sleep' && args[1] === sleep)),
  };
}
