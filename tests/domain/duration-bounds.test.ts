import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { configKeys } from '../../src/services/config/config-keys.ts';
import { tools } from '../../src/tools/index.ts';

/** What the platform's timers take. */
const longestDelayMs = 2 ** 31 - 1;

const settings = [...configKeys.values()].map(({ key, schema }) => ({ name: key, schema }));
const toolArguments = tools.flatMap(({ name: tool, input }) =>
  Object.entries(input.shape).map(([name, schema]) => ({ name: `${tool}.${name}`, schema: schema as z.ZodType })),
);
const durations = [...settings, ...toolArguments].filter(
  ({ name, schema }) =>
    /(timeout|seconds|minutes|hours|days|_ms)$/.test(name) ||
    /\b(seconds|milliseconds|minutes|hours)\b/i.test(schema.description ?? ''),
);

const isMs = (name: string) => name.endsWith('_ms');

/** Where nothing may be given too, the number of those that may. */
interface GivenSchema extends NumberSchema {
  readonly anyOf?: readonly NumberSchema[];
}

interface NumberSchema {
  readonly type?: string;
  readonly minimum?: number;
  readonly maximum?: number;
}

it('Durations are found among settings and arguments', () => {
  expect(durations.map(({ name }) => name)).toEqual([
    'readiness.wait_seconds',
    'shutdown.drain_ms',
    'run_skill.timeout',
    'run_skill.idle_output_timeout',
    'run_skill.stale_threshold',
    'run_skill.max_suppression_seconds',
    'run_skill.completion_drain_timeout',
    'run_skill.natural_exit_grace_seconds',
    'run_skill.exit_after_stop_delay_ms',
    'run_skill.max_pause_seconds',
    'test_check.timeout',
    'read_db.timeout',
    'linux_tracing.proc_interval',
    'run_cmd.timeout',
    'run_skill.stale_threshold',
    'run_skill.idle_output_timeout',
    'run_python.timeout',
    'run_status.wait_s',
    'read_db.timeout',
  ]);
});

describe.each(durations)('The duration $name', ({ name, schema }) => {
  const given = z.toJSONSchema(schema, { io: 'input' }) as GivenSchema;
  const numbers = given.anyOf?.find((one) => one.type !== 'null') ?? given;
  const { type, minimum = Number.NaN, maximum = Number.NaN } = numbers;
  const isValid = (value: unknown) => schema.safeParse(value).success;

  it('has a lower and an upper bound, and a timer can wait so long', () => {
    expect(type).toBe(isMs(name) ? 'integer' : 'number');
    expect(minimum).toBeGreaterThanOrEqual(0);
    expect(maximum * (isMs(name) ? 1 : 1_000)).toBeLessThanOrEqual(longestDelayMs);
    expect([minimum, maximum].map(isValid)).toEqual([true, true]);
  });

  it('is refused outside of its bounds, and where it is not a number or has a fraction of a millisecond', () => {
    const below = fc.double({ max: minimum }).filter((value) => value < minimum);
    const above = fc.double({ min: maximum }).filter((value) => value !== maximum);
    fc.assert(
      fc.property(fc.oneof(below, above), (value) => !isValid(value)),
      { numRuns: 200 },
    );
    for (const wrong of [Number.NaN, Infinity, -Infinity, -1, '5', [5], true]) expect(isValid(wrong)).toBe(false);
    if (isMs(name)) expect(isValid(1.5)).toBe(false);
  });
});
