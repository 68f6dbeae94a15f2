import { describe, expect, it } from 'vitest';
import { linesOf, makeProject, read } from './config-project.ts';

describe('settings in the environment', () => {
  it.each([
    ['a flow list', '[a, "b c"]', ['a', 'b c']],
    ['names between commas', 'a, b', ['a', 'b']],
    ['one name', 'a', ['a']],
    ['digits as texts', '[5, true]', ['5', 'true']],
    ['nothing as an empty list', '', []],
  ])('reads a list from %s', (_form, text, expected) => {
    expect(read(makeProject({ env: { MAITRED_SUBSETS__DISABLED: text } })).config.subsets.disabled).toEqual(expected);
  });

  it('reads numbers and switches as YAML scalars', () => {
    const env = {
      MAITRED_READINESS__WAIT_SECONDS: '2.5',
      MAITRED_LOGGING__FILE: 'false',
      MAITRED_WIRE__MAX_WAITING: '0',
    };
    const { config } = read(makeProject({ env }));
    expect([config.readiness.wait_seconds, config.logging.file, config.wire.max_waiting]).toEqual([2.5, false, 0]);
  });

  it.each([
    ['auto', 'auto'],
    ['null', 'auto'],
    ['', 'auto'],
    ['true', true],
    ['false', false],
  ])('reads json_output from "%s"', (text, expected) => {
    expect(read(makeProject({ env: { MAITRED_LOGGING__JSON_OUTPUT: text } })).config.logging.json_output).toBe(
      expected,
    );
  });

  it('keeps a text as it is and takes a level in lower case', () => {
    expect(read(makeProject({ env: { MAITRED_LOGGING__LEVEL: 'warning' } })).config.logging.level).toBe('WARNING');
    const sources = makeProject({ env: { MAITRED_LOGGING__LEVEL: '[a]' } });
    expect(linesOf(sources)[0]).toContain('logging.level is "[a]"; expected DEBUG, INFO, WARNING or ERROR');
  });

  it('leaves other MAITRED_ names alone', () => {
    const env = { MAITRED_STATE_DIR: '/x', MAITRED_HEADLESS: '1', MAITRED_OWNER: 'a.b', OTHER__THING: 'x' };
    expect(read(makeProject({ env })).origins.size).toBe(0);
  });

  it('suggests the right variable for an unknown one', () => {
    expect(linesOf(makeProject({ env: { MAITRED_LOGING__LEVEL: 'DEBUG' } }))[0]).toMatch(
      /^MAITRED_LOGING__LEVEL: unknown setting; expected .*; did you mean "MAITRED_LOGGING__LEVEL"\?$/,
    );
    expect(linesOf(makeProject({ env: { MAITRED_WIRE__max_waiting: '3' } }))[0]).toMatch(
      /^MAITRED_WIRE__max_waiting: .*did you mean "MAITRED_WIRE__MAX_WAITING"\?$/,
    );
  });

  it('begins the message with the variable whose value is wrong, and says how to fix it', () => {
    expect(linesOf(makeProject({ env: { MAITRED_WIRE__MAX_IN_FLIGHT: '0' } }))).toEqual([
      'MAITRED_WIRE__MAX_IN_FLIGHT: wire.max_in_flight is 0; expected a whole number, 1 or more; change the variable or unset it',
    ]);
  });

  it.each([
    'npm test && x',
    'npm test | x',
    'npm test; x',
    'npm test > x',
    'npm test $(x)',
    'npm test `x`',
    'npm test &',
  ])('rejects a command on one line that needs a shell, with the list that runs it in one: %s', (text) => {
    const [line] = linesOf(makeProject({ env: { MAITRED_TEST_CHECK__COMMAND: text } }));
    expect(line).toMatch(/^MAITRED_TEST_CHECK__COMMAND: test_check\.command: the command ".*special to a shell/);
    expect(line).toContain(`["sh", "-c", ${JSON.stringify(text)}]`);
  });

  it('takes a quoted operator as text', () => {
    const env = { MAITRED_TEST_CHECK__COMMAND: `npm test -- -t 'a && b' "x > y"` };
    const { command } = read(makeProject({ env })).config.test_check;
    expect(command).toEqual(['npm', 'test', '--', '-t', 'a && b', 'x > y']);
  });

  it.each(['[a', '[a]]', '[*x]', '[a]\n---\n[b]', '['.repeat(100_000)])('rejects a broken list: %.12s', (text) => {
    expect(linesOf(makeProject({ env: { MAITRED_SUBSETS__DISABLED: text } }))[0]).toMatch(
      /^MAITRED_SUBSETS__DISABLED: subsets\.disabled is "\[.*expected a list of tags/,
    );
  });
});

describe('settings in flags', () => {
  it('reads them by dotted key, with the same forms as the environment', () => {
    const flags = { 'logging.json_output': 'true', 'workspace.roots': '[~/a, /b]', 'wire.max_message_mib': '0.5' };
    const { config } = read(makeProject({ flags }));
    expect(config.logging.json_output).toBe(true);
    expect(config.workspace.roots).toEqual(['~/a', '/b']);
    expect(config.wire.max_message_mib).toBe(0.5);
  });

  it('suggests the right key for an unknown one, also where the section is left out', () => {
    expect(linesOf(makeProject({ flags: { 'logging.levle': 'x' } }))[0]).toMatch(
      /^flag logging\.levle: unknown setting; expected .*; did you mean "logging\.level"\?$/,
    );
    expect(linesOf(makeProject({ flags: { drain_ms: '5' } }))[0]).toContain('did you mean "shutdown.drain_ms"?');
  });

  it('suggests nothing for a key that resembles no known one', () => {
    expect(linesOf(makeProject({ flags: { '__proto__.zzz': 'x' } }))[0]).toMatch(/; remove it$/);
  });

  it('begins the message with the flag whose value is wrong', () => {
    expect(linesOf(makeProject({ flags: { 'shutdown.drain_ms': '60001' } }))[0]).toBe(
      'flag shutdown.drain_ms: shutdown.drain_ms is 60001; expected a whole number of milliseconds from 0 to 60000; change the flag or leave it out',
    );
  });
});
