import type { ProcessSpec } from '../../domain/child-process.ts';

/**
 * Those variables of a program that a scenario keeps: what its call has set. Where the program inherits nothing, the whole environment is set for it, and differs
 * from machine to machine: only what maitred itself has put there counts.
 */
export function recordedEnvironment(
  env: ProcessSpec['env'],
  inheritsNothing: boolean | undefined,
): Readonly<Record<string, string>> {
  const isKept = (name: string) =>
    inheritsNothing !== true || name === 'SCENARIO_STEP_NAME' || name.startsWith('MAITRED_');
  const kept = Object.entries(env).flatMap(([name, value]) =>
    value !== undefined && isKept(name) ? [[name, value] as const] : [],
  );
  return Object.fromEntries(kept);
}
