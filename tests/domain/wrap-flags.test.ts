import { describe, expect, it } from 'vitest';
import { toFault } from '../../src/domain/app-error.ts';
import { describeUnknownOption } from '../../src/domain/unknown-option.ts';
import { parseWrapFlags, wrapOptions } from '../../src/domain/wrap-flags.ts';

const parse = (args: readonly string[]) => parseWrapFlags(args, describeUnknownOption);

const command = ['--', 'npx', 'some-server'];
const flagsOf = (...options: string[]) => parse([...options, ...command]);

function faultOf(...args: string[]) {
  try {
    return parse(args);
  } catch (thrown) {
    return toFault(thrown);
  }
}

describe('the arguments of wrap', () => {
  it('may be only a command', () => {
    expect(flagsOf()).toEqual({
      file: 'npx',
      args: ['some-server'],
      name: null,
      isLazy: false,
      idleMs: null,
      startTimeoutMs: 60_000,
      retriesIdempotent: false,
      envSources: [],
      keyEnv: [],
      tools: { allow: [], deny: [], maxNameLength: null },
      logCallsFile: null,
      isWarm: false,
      warmClient: null,
      logLevel: null,
      isInspected: false,
    });
  });

  it('belong to the command after the first --', () => {
    const args = ['--lazy', '--', 'npx', '-y', 'x', '--name', 'y', '--', '--help', ''];
    expect(parse(args)).toMatchObject({
      file: 'npx',
      args: ['-y', 'x', '--name', 'y', '--', '--help', ''],
      isLazy: true,
      name: null,
    });
  });

  it.each([
    [['--name', 'shop'], { name: 'shop' }],
    [['--name=a', '--name=b=c'], { name: 'b=c' }],
    [['--name', '-x'], { name: '-x' }],
    [['--name=--odd'], { name: '--odd' }],
    [['--lazy'], { isLazy: true }],
    [['--idle', '10m'], { idleMs: 600_000 }],
    [['--idle=1s'], { idleMs: 1_000 }],
    [['--idle', '24h'], { idleMs: 86_400_000 }],
    [['--start-timeout', '1.5s'], { startTimeoutMs: 1_500 }],
    [['--start-timeout', '1h'], { startTimeoutMs: 3_600_000 }],
    [['--retry-idempotent'], { retriesIdempotent: true }],
    [['--key-env', 'A', '--key-env=_b1'], { keyEnv: ['A', '_b1'] }],
    [
      ['--allow', 'read_*', '--deny=x', '--allow', 'list', '--max-name', '40'],
      { tools: { allow: ['read_*', 'list'], deny: ['x'], maxNameLength: 40 } },
    ],
    [['--max-name=16'], { tools: { allow: [], deny: [], maxNameLength: 16 } }],
    [['--max-name=128'], { tools: { allow: [], deny: [], maxNameLength: 128 } }],
    [['--log-calls', 'calls.jsonl'], { logCallsFile: 'calls.jsonl' }],
    [['--warm'], { isWarm: true, warmClient: null }],
    [['--client', 'codex', '--warm'], { isWarm: true, warmClient: 'codex' }],
    [['--log-level', 'warning'], { logLevel: 'WARNING' }],
    [['-v'], { logLevel: 'DEBUG' }],
    [['--verbose', '--log-level=ERROR'], { logLevel: 'ERROR' }],
    [['--inspect'], { isInspected: true }],
  ])('may be %j', (options, flags) => {
    expect(flagsOf(...options)).toMatchObject(flags);
  });

  it('name the sources of variables in their order', () => {
    const options = ['--env', 'A=file:~/a=b', '--env-file', '.env', '--env=B_2=cmd:pass show "a b"', '--env-file=c'];
    expect(flagsOf(...options).envSources).toEqual([
      { kind: 'file', name: 'A', path: '~/a=b' },
      { kind: 'envFile', path: '.env' },
      { kind: 'command', name: 'B_2', words: ['pass', 'show', 'a b'] },
      { kind: 'envFile', path: 'c' },
    ]);
  });

  const example = 'maitred wrap -- npx some-server';

  it.each([
    [[], `no command to run: put it after --, as in ${example}`],
    [['--'], `no command to run: put it after --, as in ${example}`],
    [['--lazy'], `no command to run: put it after --, as in ${example}`],
    [['--', ''], `no command to run: put it after --, as in ${example}`],
    [['npx', 'some-server'], `"npx" is not an option: put -- before the command: ${example}`],
    [['', ...command], `"" is not an option: put -- before the command: ${example}`],
    [['--lazy', 'a\n', ...command], `"a\\n" is not an option: put -- before the command: ${example}`],
    [['--colour=red', ...command], 'unknown option --colour'],
    [['--lasy', ...command], 'unknown option --lasy (did you mean --lazy?)'],
    [['--env-fil=x', ...command], 'unknown option --env-fil (did you mean --env-file?)'],
    [['-x', ...command], 'unknown option -x'],
    [['--name', ...command], '--name needs a value: --name NAME'],
    [['--name'], '--name needs a value: --name NAME'],
    [['--allow=', ...command], '--allow needs a value: --allow GLOB'],
    [['--env-file', '--lazy', ...command], '--env-file needs a value: --env-file FILE'],
    [['--lazy=yes', ...command], '--lazy takes no value'],
    [['--idle', '10', ...command], '--idle "10" is not a number with its unit, such as 90s, 10m or 2h'],
    [['--idle', '999ms', ...command], '--idle 999ms is out of range: give 1s to 24h'],
    [['--idle', '24.1h', ...command], '--idle 24.1h is out of range: give 1s to 24h'],
    [['--start-timeout=0s', ...command], '--start-timeout 0s is out of range: give 1s to 1h'],
    [['--start-timeout=61m', ...command], '--start-timeout 61m is out of range: give 1s to 1h'],
    [['--max-name', '15', ...command], '--max-name "15" is not a length in characters from 16 to 128'],
    [['--max-name', '129', ...command], '--max-name "129" is not a length in characters from 16 to 128'],
    [['--max-name', '2e1', ...command], '--max-name "2e1" is not a length in characters from 16 to 128'],
    [['--log-level', 'loud', ...command], '--log-level "loud" is not one of DEBUG, INFO, WARNING, ERROR'],
    [['--client', 'codex', ...command], '--client needs --warm'],
    [['--key-env', 'A-B', ...command], '--key-env "A-B" is not the name of a variable, such as API_TOKEN'],
    [['--env', '1A=file:x', ...command], '--env "1A" is not the name of a variable, such as API_TOKEN'],
    [
      ['--env', 'A', ...command],
      '--env needs a source for the variable: --env NAME=file:PATH or --env "NAME=cmd:PROGRAM ARGS"',
    ],
    [['--env', 'A=file:', ...command], '--env A=file: needs the path of a file'],
    [['--env', 'A=cmd:', ...command], '--env A: the command "" is empty: name a program, such as npm test'],
  ])('are rejected with the argument and what to do: %j', (args, what) => {
    expect(faultOf(...args)).toEqual({ code: 'invalid_input', message: `${what}; see maitred wrap --help` });
  });

  it.each(['TOKEN=hunter2', 'TOKEN=http:hunter2', 'TOKEN=', 'TOKEN=FILE:hunter2', 'TOKEN=two\nhunter2'])(
    'contain no value of a variable, and the error does not repeat it: --env %j',
    (text) => {
      const fault = faultOf('--env', text, ...command);
      expect(fault).toMatchObject({
        code: 'invalid_input',
        message:
          '--env TOKEN: every user of the machine can see a value in the arguments; set TOKEN in the env entry of your client, ' +
          'or give --env TOKEN=file:PATH or --env "TOKEN=cmd:PROGRAM ARGS"; see maitred wrap --help',
      });
    },
  );

  it('have one option of each name', () => {
    const names = wrapOptions.flatMap(({ long, short }) => [long, short ?? long]);
    expect(new Set(names).size).toBe(wrapOptions.length + 1);
  });
});
