import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Log, type LogRecord, logThrough } from '../../../src/domain/log-record.ts';
import { createRedactor } from '../../../src/domain/redact.ts';
import type { Degradation } from '../../../src/domain/server-record.ts';
import { createLogger, type LoggerOptions } from '../../../src/services/logging/logger.ts';
import { tempFolder } from '../../doubles/temp-folder.ts';

interface Bench {
  readonly log: Log;
  write(record: LogRecord): void;
  readonly terminal: string[];
  readonly degradations: Degradation[];
}

function aLogger(options: Partial<LoggerOptions> = {}): Bench {
  const terminal: string[] = [];
  const degradations: Degradation[] = [];
  const write = createLogger({
    level: 'INFO',
    format: 'json',
    writeToTerminal: (line) => terminal.push(line),
    file: null,
    redact: createRedactor(['very-secret-value']),
    degraded: (degradation) => degradations.push(degradation),
    ...options,
  });
  return { log: logThrough(write), write, terminal, degradations };
}

const aFile = (path = `${tempFolder()}/logs/server.log`) => ({ path, maxBytes: 1_000_000, keep: 3 });
const parsed = (line: string | undefined): Record<string, unknown> => JSON.parse(line ?? '');

describe('A JSON line of the log', () => {
  it('holds time, level, event and the fields, and is redacted', () => {
    const { write, terminal } = aLogger();
    const fields = { port: 7, url: 'a very-secret-value', nested: { token: 'abc' } };
    write({ atMs: 1_700_000_000_123, level: 'INFO', event: 'server_started', fields });
    expect(terminal).toHaveLength(1);
    expect(parsed(terminal[0])).toEqual({
      time: '2023-11-14T22:13:20.123Z',
      level: 'INFO',
      event: 'server_started',
      port: 7,
      url: 'a [redacted]',
      nested: { token: '[redacted]' },
    });
  });

  it('is written at the given level and above', () => {
    const { log, terminal } = aLogger({ level: 'WARNING' });
    log.debug('a');
    log.info('b');
    log.warning('c');
    log.error('d');
    expect(terminal.map((line) => parsed(line).event)).toEqual(['c', 'd']);
  });

  it('has the fields of its log', () => {
    const { log, terminal } = aLogger();
    log.with({ call_id: 'c1' }).with({ tool: 't' }).info('call_done', { ms: 4 });
    expect(parsed(terminal[0])).toMatchObject({ call_id: 'c1', tool: 't', ms: 4 });
  });

  it('cannot be given another time, level or event by its fields', () => {
    const { log, terminal } = aLogger();
    log.info('true_event', { event: 'forged', level: 'ERROR', time: 'never' });
    expect(parsed(terminal[0])).toMatchObject({
      event: 'true_event',
      level: 'INFO',
      event_: 'forged',
      level_: 'ERROR',
    });
  });

  it('shows control characters and marks that reorder text as escapes', () => {
    const { log, terminal } = aLogger();
    log.info('x', { text: 'a\nb\u009b1m\u2028\u202e\u007f' });
    expect(terminal[0]).toContain('"text":"a\\nb\\u009b1m\\u2028\\u202e\\u007f"');
  });

  it('is one line that cannot control a terminal, whatever is logged', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.dictionary(fc.string({ unit: 'binary' }), fc.anything()),
        (event, fields) => {
          const { log, terminal } = aLogger();
          log.info(event, fields);
          expect(terminal).toHaveLength(1);
          // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
          expect(terminal[0]).toMatch(/^\{[^\u0000-\u001f\u007f-\u009f\u2028\u2029]*\}\n$/);
          parsed(terminal[0]);
        },
      ),
    );
  });

  it('is at most 8 KiB long, and marks what was truncated', () => {
    const { log, terminal } = aLogger();
    log.info('long_text', { call_id: 'c1', output: 'ä'.repeat(100_000) });
    log.info('long_list', { call_id: 'c1', list: Array.from({ length: 9_000 }, (_, at) => at) });
    log.info('many_fields', Object.fromEntries(Array.from({ length: 9_000 }, (_, at) => [`key_${at}`, at])));
    log.info('e'.repeat(100_000));
    for (const line of terminal) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(8_192);
    expect(parsed(terminal[0])).toMatchObject({
      call_id: 'c1',
      output: expect.stringMatching(/^ä{500,}… \[truncated, 100000 characters\]$/),
    });
    expect(parsed(terminal[1])).toMatchObject({
      call_id: 'c1',
      list: expect.stringMatching(/^\[left out, \d+ characters\]$/),
    });
    expect(parsed(terminal[2])).toMatchObject({
      event: 'many_fields',
      left_out: '9000 fields that are too long for a line',
    });
  });

  it('never shows a truncated secret', () => {
    const secret = `ghp_${'a1B2'.repeat(9)}`;
    for (let before = 1_950; before <= 2_000; before += 1) {
      const { log, terminal } = aLogger();
      log.info('x', { text: `${'-'.repeat(before)}${secret}${'-'.repeat(9_000)}` });
      expect(terminal[0]).not.toContain('ghp_');
    }
  });
});

describe('A pretty line of the log', () => {
  const write = (options: Partial<LoggerOptions>, fields: Record<string, unknown>): string => {
    const { write, terminal } = aLogger({ format: 'pretty', ...options });
    write({ atMs: new Date(2025, 0, 2, 3, 4, 5, 67).getTime(), level: 'WARNING', event: 'disk\nfull', fields });
    return terminal.join('');
  };

  it('shows the time of day, the level, the event and the fields', () => {
    const fields = { path: '/a', text: 'two words', count: 2, list: [1], absent: undefined, none: null, empty: '' };
    expect(write({}, fields)).toBe(
      '03:04:05.067 WARNING disk\\nfull  path=/a text="two words" count=2 list=[1] none=null empty=""\n',
    );
  });

  it('shows control characters as escapes, in keys too', () => {
    expect(write({}, { 'a\nb': '\u001b[2J\u009b' })).toBe(
      '03:04:05.067 WARNING disk\\nfull  a\\nb=\\u001b[2J\\u009b\n',
    );
  });

  it('has colours only on request', () => {
    expect(write({}, { a: 1 })).not.toContain('\u001b');
    expect(write({ colour: true }, { a: 1 })).toContain('\u001b[33mWARNING\u001b[0m');
  });

  it('is redacted and at most 8 KiB long', () => {
    const line = write({}, { password: 'abc', text: 'x very-secret-value', long: 'ä'.repeat(50_000) });
    expect(line).toContain('password=[redacted] text="x [redacted]" long=');
    expect(Buffer.byteLength(line)).toBeLessThanOrEqual(8_192);
  });
});

describe('The log file', () => {
  it('holds JSON lines for the user only, also where the terminal is pretty', () => {
    const file = aFile();
    const { log, terminal } = aLogger({ format: 'pretty', file });
    log.info('first', { password: 'abc' });
    log.info('second');
    const lines = readFileSync(file.path, 'utf8').trimEnd().split('\n');
    expect(lines.map((line) => parsed(line).event)).toEqual(['first', 'second']);
    expect(parsed(lines[0]).password).toBe('[redacted]');
    expect(statSync(file.path).mode & 0o777).toBe(0o600);
    expect(statSync(file.path.replace('/server.log', '')).mode & 0o777).toBe(0o700);
    expect(terminal[0]).not.toContain('{');
  });

  it('is not made before the first line', () => {
    const file = aFile();
    aLogger({ file }).log.debug('too_quiet');
    expect(statSync(file.path, { throwIfNoEntry: false })).toBeUndefined();
  });

  const obstacles: Readonly<Record<string, (path: string) => void>> = {
    'is a link': (path) => symlinkSync('/dev/full', path),
    'is a link to nothing': (path) => symlinkSync(`${path}.elsewhere`, path),
    'is a folder': (path) => mkdirSync(path),
    'is in a folder that is a file': () => undefined,
  };
  for (const [name, obstruct] of Object.entries(obstacles)) {
    it(`is given up with one word on the terminal when it ${name}`, () => {
      const dir = tempFolder();
      writeFileSync(`${dir}/plain`, '');
      const path = name.endsWith('a file') ? `${dir}/plain/server.log` : `${dir}/server.log`;
      obstruct(path);
      const { log, terminal, degradations } = aLogger({ file: aFile(path) });
      log.info('first');
      log.info('second');
      expect(terminal.map((line) => parsed(line).event)).toEqual(['first', 'log_file_given_up', 'second']);
      expect(parsed(terminal[1])).toMatchObject({ path, fix: expect.stringContaining('logging.file') });
      expect(degradations).toEqual([{ what: 'log file', cause: expect.stringContaining(path) }]);
      expect(existsSync(`${path}.elsewhere`)).toBe(false);
    });
  }

  it('throws nothing when the terminal and the listener fail as well', () => {
    const fail = (): never => {
      throw new Error('EPIPE');
    };
    const { log } = aLogger({ file: aFile('/dev/null/x/server.log'), writeToTerminal: fail, degraded: fail });
    log.error('a');
    log.error('b');
  });
});

describe('Whoever watches the log', () => {
  it('gets each line that is written, redacted, and the reason why the file is no longer written', () => {
    const watched: LogRecord[] = [];
    const path = `${tempFolder()}/logs`;
    mkdirSync(path);
    const { log } = aLogger({ file: aFile(path), watch: (record) => watched.push(record) });
    log.debug('not_logged');
    log.info('server_started', { url: 'a very-secret-value' });
    expect(watched).toMatchObject([
      { level: 'INFO', event: 'server_started', fields: { url: 'a [redacted]' } },
      { level: 'WARNING', event: 'log_file_given_up' },
    ]);
  });

  it('may fail without harm', () => {
    const watch = () => {
      throw new Error('a defect');
    };
    const { log, terminal } = aLogger({ watch });
    log.info('a');
    log.info('b');
    expect(terminal).toHaveLength(2);
  });
});
