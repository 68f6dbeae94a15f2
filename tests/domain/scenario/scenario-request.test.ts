import { describe, expect, it, test } from 'vitest';
import { AppError } from '../../../src/domain/app-error.ts';
import { mayRequestScenario, readScenarioRequest } from '../../../src/domain/scenario/scenario-request.ts';

type Values = Readonly<Record<string, string>>;

const record = (dir: string, recipe: string | null = null) => ({ kind: 'record', dir, recipe });
const replay = (dir: string, speed: number | null = null, isStrict = false) => ({
  kind: 'replay',
  dir,
  speed,
  isStrict,
});

describe('a scenario is requested', () => {
  const cases: readonly (readonly [what: string, flags: Values, env: Values, expected: object | null])[] = [
    ['by nothing', {}, {}, null],
    ['by --record-scenario', { '--record-scenario': 'a' }, {}, record('a')],
    ['by --replay-scenario', { '--replay-scenario': 'a' }, {}, replay('a')],
    [
      'with the speed and the strictness of the options',
      { '--replay-scenario': 'a', '--replay-speed': '2.5', '--strict': '' },
      { MAITRED_REPLAY_SPEED: '1', MAITRED_REPLAY_STRICT: '0' },
      replay('a', 2.5, true),
    ],
    ['by a variable with the folder', {}, { MAITRED_RECORD_SCENARIO: 'a/b' }, record('a/b')],
    ['by 1 and the folder', {}, { MAITRED_RECORD_SCENARIO: '1', MAITRED_RECORD_SCENARIO_DIR: 'a' }, record('a')],
    ['by true and the folder', {}, { MAITRED_REPLAY_SCENARIO: 'TRUE', MAITRED_REPLAY_SCENARIO_DIR: 'a' }, replay('a')],
    ['by yes and the folder', {}, { MAITRED_REPLAY_SCENARIO: 'yes', MAITRED_REPLAY_SCENARIO_DIR: 'a' }, replay('a')],
    [
      'with the name of a recipe',
      {},
      { MAITRED_RECORD_SCENARIO: 'a', MAITRED_RECORD_SCENARIO_RECIPE: 'implement' },
      record('a', 'implement'),
    ],
    [
      'with the speed and the strictness of the variables',
      {},
      { MAITRED_REPLAY_SCENARIO: 'a', MAITRED_REPLAY_SPEED: '1', MAITRED_REPLAY_STRICT: 'yes' },
      replay('a', 1, true),
    ],
    [
      'by the option rather than by the variable',
      { '--record-scenario': 'a' },
      { MAITRED_RECORD_SCENARIO: 'b', MAITRED_REPLAY_SCENARIO: 'c' },
      record('a'),
    ],
    ...['', '0', 'false', 'No'].map(
      (off) =>
        [
          `not by ${JSON.stringify(off)}`,
          {},
          { MAITRED_RECORD_SCENARIO: off, MAITRED_RECORD_SCENARIO_DIR: 'a' },
          null,
        ] as const,
    ),
    ['not by the speed of replays', {}, { MAITRED_REPLAY_SPEED: '1', MAITRED_REPLAY_STRICT: '1' }, null],
  ];
  test.each(cases)('%s', (_, flags, env, expected) => {
    expect(readScenarioRequest(flags, env)).toEqual(expected);
  });

  it('or nothing is read', () => {
    expect(mayRequestScenario({}, { MAITRED_RECORD_SCENARIO: '', MAITRED_REPLAY_SPEED: '1' })).toBe(false);
    expect(mayRequestScenario({ '--strict': '' }, {})).toBe(true);
    expect(mayRequestScenario({}, { MAITRED_REPLAY_SCENARIO: '1' })).toBe(true);
  });
});

describe('a request for a scenario is refused with what to do', () => {
  const cases: readonly (readonly [what: string, flags: Values, env: Values, message: RegExp])[] = [
    [
      'to record and to replay by options',
      { '--record-scenario': 'a', '--replay-scenario': 'b' },
      {},
      /^--record-scenario and --replay-scenario exclude each other/,
    ],
    [
      'to record and to replay by variables',
      {},
      { MAITRED_RECORD_SCENARIO: 'a', MAITRED_REPLAY_SCENARIO: 'b' },
      /^MAITRED_RECORD_SCENARIO and MAITRED_REPLAY_SCENARIO exclude each other/,
    ],
    [
      'to record into no folder',
      {},
      { MAITRED_RECORD_SCENARIO: '1' },
      /^MAITRED_RECORD_SCENARIO is "1": set MAITRED_RECORD_SCENARIO_DIR/,
    ],
    ['with a speed but no replay', { '--replay-speed': '1' }, {}, /^--replay-speed is for a replay/],
    ['with strictness but no replay', { '--record-scenario': 'a', '--strict': '' }, {}, /^--strict is for a replay/],
    ...['0', '-1', 'fast', '1e2', '0.001', '1001', '1x', '.'].map(
      (speed) =>
        [
          `with the speed ${speed}`,
          { '--replay-scenario': 'a', '--replay-speed': speed },
          {},
          /^--replay-speed is ".*": give a number from 0.01 to 1000/,
        ] as const,
    ),
    [
      'with a bad speed in a variable',
      {},
      { MAITRED_REPLAY_SCENARIO: 'a', MAITRED_REPLAY_SPEED: 'x' },
      /^MAITRED_REPLAY_SPEED is "x"/,
    ],
    [
      'with a strictness that is neither on nor off',
      {},
      { MAITRED_REPLAY_SCENARIO: 'a', MAITRED_REPLAY_STRICT: 'maybe' },
      /^MAITRED_REPLAY_STRICT is "maybe": set it to 1 or 0/,
    ],
  ];
  test.each(cases)('%s', (_, flags, env, message) => {
    let thrown: unknown;
    try {
      readScenarioRequest(flags, env);
    } catch (problem) {
      thrown = problem;
    }
    expect(thrown).toBeInstanceOf(AppError);
    expect(thrown).toMatchObject({ code: 'invalid_input', message: expect.stringMatching(message) });
  });
});
