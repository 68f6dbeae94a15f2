import { describe, expect, it } from 'vitest';
import { AppError } from '../../src/domain/app-error.ts';
import { logLevels } from '../../src/domain/early-settings.ts';
import { refuseServeFlag } from '../../src/domain/refuse-serve-flag.ts';
import { noServeFlags, parseServeFlags, serveOptions } from '../../src/domain/serve-flags.ts';

const parse = (args: readonly string[]) => parseServeFlags(args, refuseServeFlag);

function errorOf(...args: string[]): AppError {
  try {
    parse(args);
  } catch (thrown) {
    if (thrown instanceof AppError) return thrown;
  }
  throw new Error(`${args.join(' ')} is accepted`);
}

describe('the arguments of serve', () => {
  it('may be empty', () => {
    expect(parse([])).toEqual(noServeFlags);
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
    expect(parse(args)).toEqual({
      ...noServeFlags,
      flags: { 'kitchen.visibility': 'gated', 'logging.level': 'ERROR', 'wire.max_in_flight': '8' },
      projectDir: '../shop',
    });
  });

  it('set the log level to DEBUG with -v and with --verbose', () => {
    expect(parse(['-v']).flags).toEqual({ 'logging.level': 'DEBUG' });
    expect(parse(['--verbose']).flags).toEqual({ 'logging.level': 'DEBUG' });
  });

  it('may repeat --set; the last one for a key counts, and a value may contain = or be empty', () => {
    const args = ['--set', 'a.b=1', '--set=a.c=x=y', '--set', 'a.d=', '--set', 'a.b=2'];
    expect(parse(args).flags).toEqual({ 'a.b': '2', 'a.c': 'x=y', 'a.d': '' });
  });

  it('may have a value that begins with dashes after an equals sign', () => {
    expect(parse(['--project=--odd']).projectDir).toBe('--odd');
  });

  it('are rejected with the argument by name, and with the known options', () => {
    const errors = [
      [errorOf('--colour'), 'unknown option --colour'],
      [errorOf('--projct', '.'), 'unknown option --projct (did you mean --project?)'],
      [errorOf('--open-kitchn'), 'unknown option --open-kitchn (did you mean --open-kitchen?)'],
      [errorOf('--visibilty=always'), 'unknown option --visibilty (did you mean --visibility?)'],
      [errorOf('-x'), 'unknown option -x'],
      [errorOf('now\n'), 'unexpected argument "now\\n"'],
      [errorOf('--project'), '--project needs a value: --project DIR'],
      [errorOf('--project', '--verbose'), '--project needs a value: --project DIR'],
      [errorOf('--visibility='), '--visibility needs a value: --visibility MODE'],
      [errorOf('--verbose=yes'), '--verbose takes no value'],
      [
        errorOf('--set', 'level=DEBUG'),
        '--set "level=DEBUG" is not section.key=value, such as --set readiness.wait_seconds=5',
      ],
      [errorOf('--set', 'a.b'), '--set "a.b" is not section.key=value, such as --set readiness.wait_seconds=5'],
    ] as const;
    for (const [error, what] of errors) {
      expect(error.code).toBe('invalid_input');
      expect(error.message).toBe(
        `${what}; maitred serve takes --project, --visibility, --open-kitchen, --log-level, --verbose, --set, --inspect, --log-calls, --record-scenario, --replay-scenario, --replay-speed, --strict; see maitred serve --help`,
      );
    }
  });

  it('are rejected with the option by name if it cannot have the value', () => {
    expect(errorOf('--visibility', 'sometimes')).toMatchObject({
      code: 'invalid_input',
      message: '--visibility is "sometimes"; expected auto, gated or always; see maitred serve --help',
    });
    expect(errorOf('--log-level=LOUD').message).toContain(
      '--log-level is "LOUD"; expected DEBUG, INFO, WARNING or ERROR; ',
    );
    expect(errorOf('--visibility', 'GATED').code).toBe('invalid_input');
    expect(parse(['--log-level', 'debug']).flags).toEqual({ 'logging.level': 'debug' });
  });

  it('may have every value that the configuration accepts', () => {
    for (const visibility of ['auto', 'gated', 'always']) parse(['--visibility', visibility]);
    for (const level of logLevels) parse(['--log-level', level]);
  });

  it('cannot change the prototype of the flags', () => {
    expect(errorOf('--set', '__proto__.a=1').code).toBe('invalid_input');
  });

  it('turn on the recording of the charts', () => {
    expect(parse(['--inspect', '--project', 'a'])).toMatchObject({ isInspected: true, projectDir: 'a' });
    expect(() => parse(['--inspect=yes'])).toThrow('--inspect takes no value');
  });

  it('open the kitchen from the start', () => {
    expect(parse(['--open-kitchen']).isKitchenOpen).toBe(true);
    expect(() => parse(['--open-kitchen=yes'])).toThrow('--open-kitchen takes no value');
  });

  it('name the file that answered calls are written to', () => {
    expect(parse(['--log-calls', 'calls.jsonl']).callLogFile).toBe('calls.jsonl');
    expect(() => parse(['--log-calls'])).toThrow('--log-calls needs a value: --log-calls FILE');
  });

  it('ask for a scenario in texts that are read later', () => {
    expect(parse(['--replay-scenario', '../s', '--replay-speed=fast', '--strict']).scenario).toEqual({
      '--replay-scenario': '../s',
      '--replay-speed': 'fast',
      '--strict': '',
    });
    expect(parse(['--record-scenario', 'a', '--record-scenario', 'b']).scenario).toEqual({ '--record-scenario': 'b' });
    expect(() => parse(['--strict=yes'])).toThrow('--strict takes no value');
    expect(() => parse(['--record-scenario'])).toThrow('--record-scenario needs a value: --record-scenario DIR');
  });

  it('are all in the help', () => {
    expect(serveOptions.map(({ long }) => long)).toEqual([
      '--project',
      '--visibility',
      '--open-kitchen',
      '--log-level',
      '--verbose',
      '--set',
      '--inspect',
      '--log-calls',
      '--record-scenario',
      '--replay-scenario',
      '--replay-speed',
      '--strict',
    ]);
  });
});
