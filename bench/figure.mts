import { type Spread, spreadOf } from './statistics.mts';

export type Target = { readonly atMost: number } | { readonly atLeast: number };

/** One row of the report. */
export interface Figure {
  readonly name: string;
  readonly unit: 'x' | 'ms' | 'MiB' | 'KiB' | '%';
  readonly spread: Spread;
  /** null: the figure is printed only. */
  readonly target: Target | null;
  /** The absolute values behind a ratio. */
  readonly details: string;
}

export function figure(
  name: string,
  unit: Figure['unit'],
  values: readonly number[],
  target: Target | null,
  details: string,
): Figure {
  return { name, unit, spread: spreadOf(values), target, details };
}

/** Whether the median reaches the target; null without a target. */
export function isReached({ spread, target }: Figure): boolean | null {
  if (target === null) return null;
  return 'atMost' in target ? spread.median <= target.atMost : spread.median >= target.atLeast;
}

/** The values of several subjects, round by round. */
export type Rounds<Name extends string, Value = number> = Readonly<Record<Name, readonly Value[]>>;

/**
 * Measures the subjects in turn, round after round, and begins each round with another one, so that other load on the
 * machine affects all of them equally.
 */
export async function interleave<Name extends string, Value = number>(
  rounds: number,
  subjects: Readonly<Record<Name, () => Promise<Value>>>,
): Promise<Rounds<Name, Value>> {
  const names = Object.keys(subjects) as Name[];
  const values = Object.fromEntries(names.map((name): [string, Value[]] => [name, []])) as Record<Name, Value[]>;
  for (let round = 0; round < rounds; round += 1) {
    for (const at of names.keys()) {
      const name = names[(at + round) % names.length];
      if (name !== undefined) values[name].push(await subjects[name]());
    }
  }
  return values;
}

/** Each value divided by the other value of the same round. */
export const ratios = (values: readonly number[], divisors: readonly number[]): number[] =>
  values.map((value, round) => value / (divisors[round] ?? Number.NaN));
