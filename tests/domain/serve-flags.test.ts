import { describe, expect, it } from 'vitest';
import { AppError } from '../../src/domain/app-error.ts';
import { parseServeFlags, serveOptions } from '../../src/domain/serve-flags.ts';

function refusalOf(...args: string[]): AppError {
  try {
    parseServeFlags(args);
  } catch (thrown) {
    if (thrown instanceof AppError) return thrown;
  }
  throw new Error(`${args.join(' ')} is not refused`);
}

describe('The arguments of serve', () => {
  it('may be none', () => {
    expect(parseServeFlags([])).toEqual({ flags: {}, projectDir: null, isInspected: false });
  });

  it('set configuration keys and the project', () => {
    const args = [
      '--project',
      '../shop',
      '--visibility',
      'gated',
      '--log-level=ERROR',
      '--set',
      'wire.max_in_flight=8',
    ];
    expect(parseServeFlags(args)).toEqual({
      flags: { 'kitchen.visibility': 'gated', 'logging.level': 'ERROR', 'wire.max_in_flight': '8' },
      projectDir: '../shop',
      isInspected: false,
    });
  });

  it('set the log level to DEBUG with -v and with --verbose', () => {
    expect(parseServeFlags(['-v']).flags).toEqual({ 'logging.level': 'DEBUG' });
    expect(parseServeFlags(['--verbose']).flags).toEqual({ 'logging.level': 'DEBUG' });
  });

  it('may give --set many times; the last one for a key counts, and a value may hold = or be empty', () => {
    const args = ['--set', 'a.b=1', '--set=a.c=x=y', '--set', 'a.d=', '--set', 'a.b=2'];
    expect(parseServeFlags(args).flags).toEqual({ 'a.b': '2', 'a.c': 'x=y', 'a.d': '' });
  });

  it('may have a value that begins with dashes after an equals sign', () => {
    expect(parseServeFlags(['--project=--odd']).projectDir).toBe('--odd');
  });

  it('are refused with the argument by name, and with what there is', () => {
    const refusals = [
      [refusalOf('--colour'), 'unknown option --colour'],
      [refusalOf('-x'), 'unknown option -x'],
      [refusalOf('now\n'), 'unexpected argument "now\\n"'],
      [refusalOf('--project'), '--project needs a value: --project DIR'],
      [refusalOf('--project', '--verbose'), '--project needs a value: --project DIR'],
      [refusalOf('--visibility='), '--visibility needs a value: --visibility MODE'],
      [refusalOf('--verbose=yes'), '--verbose takes no value'],
      [
        refusalOf('--set', 'level=DEBUG'),
        '--set "level=DEBUG" is not KEY=VALUE, such as --set readiness.wait_seconds=5',
      ],
      [refusalOf('--set', 'a.b'), '--set "a.b" is not KEY=VALUE, such as --set readiness.wait_seconds=5'],
    ] as const;
    for (const [error, what] of refusals) {
      expect(error.code).toBe('invalid_input');
      expect(error.message).toBe(
        `${what}; maitred serve takes --project, --visibility, --log-level, --verbose, --set, --inspect, and --help explains them`,
      );
    }
  });

  it('cannot reach the prototype of the flags', () => {
    expect(refusalOf('--set', '__proto__.a=1').code).toBe('invalid_input');
  });

  it('say that the charts are recorded', () => {
    expect(parseServeFlags(['--inspect', '--project', 'a'])).toMatchObject({ isInspected: true, projectDir: 'a' });
    expect(() => parseServeFlags(['--inspect=yes'])).toThrow('--inspect takes no value');
  });

  it('are all in the table that the help shows', () => {
    expect(serveOptions.map(({ long }) => long)).toEqual([
      '--project',
      '--visibility',
      '--log-level',
      '--verbose',
      '--set',
      '--inspect',
    ]);
  });
});
