import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPlaceholders, type Place } from '../../../src/domain/scenario/placeholders.ts';

const places: readonly Place[] = [
  { name: 'home', value: '/home/ann' },
  { name: 'project', value: '/home/ann/shop' },
  { name: 'state', value: '/tmp/state/maitred' },
  { name: 'server', value: 'k3-x_9' },
];
const now = () => Date.parse('2026-12-01T10:00:00.000Z');
const create = (more: readonly Place[] = places) => createPlaceholders({ places: more, tempDir: '/tmp', now });

/** The machine of somebody else. */
const elsewhere = () =>
  createPlaceholders({
    places: [
      { name: 'home', value: '/Users/bob' },
      { name: 'project', value: '/Users/bob/my.shop' },
      { name: 'server', value: 'zz' },
    ],
    tempDir: '/var/tmp',
    now,
  });

const [uuid, otherUuid] = ['0b7c1d52-93aa-4c1e-8f00-5a1e6f0a9b1c', '0B7C1D52-93AA-4C1E-8F00-5A1E6F0A9B1C'];

const pieces = [
  ...[
    '<',
    '<<',
    '>',
    '>>',
    '<<project>>',
    '<<literal>>',
    '<<time.1>>',
    '<<temp>>',
    '<<nothing>>',
    '<<id.x>>',
    'home>>',
  ],
  ...['/home/ann', '/home/ann/shop', '/tmp', '/tmp/', '/tmp/state', '/tmp/state/maitred', '/tmp/a.b', '/', '.', '..'],
  ...[
    'k3-x_9',
    uuid,
    otherUuid,
    '%%DONE::',
    '0a1b2c3d',
    '%%',
    'localhost:',
    '8080',
    '[::1]:',
    '1',
    '-',
    ' ',
    '\n',
    '"',
  ],
  ...['2026-12-01T01:51:06.123Z', '2026-12-01 01:51:06', '+01:00', 'é', '\ud83d', '\ude00', 'literal', 'x', '\\'],
];
const hostileText = fc
  .array(fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...pieces) }, fc.string({ unit: 'binary', maxLength: 3 })))
  .map((parts) => parts.join(''));

describe('A text in a scenario', () => {
  const rows: readonly (readonly [text: string, abstracted: string])[] = [
    ['in /home/ann/shop/x.', 'in <<project>>/x.'],
    ['see /home/ann/shop. Then', 'see <<project>>. Then'],
    ['see /home/ann/shop...', 'see <<project>>...'],
    ['"/home/ann/shop"', '"<<project>>"'],
    ['/home/ann/shop\\nnext', '<<project>>\\nnext'],
    ['/home/ann/shop:/home/ann', '<<project>>:<<home>>'],
    ['/home/ann/shopping', '<<home>>/shopping'],
    ['/home/ann/shop.old', '<<home>>/shop.old'],
    ['/home/ann/shop-2', '<<home>>/shop-2'],
    ['/home/ann/shopé', '<<home>>/shopé'],
    ['/home/anna', '/home/anna'],
    ['-I/home/ann/shop/include', '-I<<project>>/include'],
    ['file:///home/ann/shop/a', 'file://<<project>>/a'],
    ['k3-x_9.sock of k3-x_9', '<<server>>.sock of <<server>>'],
    ['ak3-x_9 k3-x_99', 'ak3-x_9 k3-x_99'],
    ['/tmp', '<<temp>>'],
    ['TMPDIR=/tmp/', 'TMPDIR=<<temp>>/'],
    ['/tmp2/a', '/tmp2/a'],
    ['/tmp/a-1/x, /tmp/b and /tmp/a-1.', '<<temp.1>>/x, <<temp.2>> and <<temp.1>>.'],
    ["'/tmp/a' (/tmp/b) /tmp/c\u001b[0m", "'<<temp.1>>' (<<temp.2>>) <<temp.3>>\u001b[0m"],
    ['/tmp/../x', '<<temp>>/../x'],
    ['/tmp/state/maitred/a', '<<state>>/a'],
    ['/tmp/state/other', '<<temp>>/state/other'],
    ['/tmp/state. Then', '<<temp>>/state. Then'],
    ['/tmp/state2', '<<temp.1>>'],
    ['/tmp/state/maitred2', '<<temp>>/state/maitred2'],
    [`${uuid} ${otherUuid} ${uuid}`, '<<id.1>> <<id.2>> <<id.1>>'],
    [`a${uuid}`, `a${uuid}`],
    ['%%DONE::0a1b2c3d%% 0a1b2c3d', '%%DONE::<<mark.1>>%% 0a1b2c3d'],
    ['2026-12-01T01:51:06Z 2026-12-01T01:51:06.123+01:00', '<<time.1>> <<time.2>>'],
    ['2026-12-01 01:51:06 2026-12-01 01:51:06.5-05:00', '<<time.1>> <<time.2>>'],
    ['2026-12-01T01:51 2026-12-01', '2026-12-01T01:51 2026-12-01'],
    ['12026-12-01 01:51:06', '12026-12-01 01:51:06'],
    [
      'localhost:80 127.0.0.1:81/x [::1]:82 0.0.0.0:80',
      'localhost:<<port.1>> 127.0.0.1:<<port.2>>/x [::1]:<<port.3>> 0.0.0.0:<<port.1>>',
    ],
    ['example.com:80 localhost:123456', 'example.com:80 localhost:123456'],
    ['k3-x_9.7/mcp.json k3-x_9.12 k3-x_9.7', '<<run.1>>/mcp.json <<run.2>> <<run.1>>'],
    [`k3-x_9.1b k3-x_9.${uuid}`, '<<server>>.1b <<server>>.<<id.1>>'],
    ['k3-x_9.old k3-x_9. xk3-x_9.7', '<<server>>.old <<server>>. xk3-x_9.7'],
    ['<<project>> <<time.1>>', '<<literal>>project>> <<literal>>time.1>>'],
    ['<<literal>>x', '<<literal>>literal>>x'],
    ['a << b >> <<A>> <<a.b>>', 'a << b >> <<A>> <<a.b>>'],
    ['<</home/ann/shop>>', '<<<<project>>>>'],
  ];
  for (const [text, abstracted] of rows) {
    it(`has names instead of what differs from run to run: ${JSON.stringify(text)}`, () => {
      expect(create().abstract(text)).toBe(abstracted);
    });
  }

  it('becomes what it was, whatever it looks like', () => {
    fc.assert(
      fc.property(fc.array(hostileText), (texts) => {
        const placeholders = create();
        const abstracted = texts.map(placeholders.abstract);
        expect(abstracted.map(placeholders.expand)).toEqual(texts);
      }),
      { numRuns: 1_000 },
    );
  });

  it('is like the text that it was made of, on the same machine and on none before', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const abstracted = create().abstract(text);
        expect(create().matches(abstracted, text)).toBe(true);
        expect(create().matches(abstracted, `${text}.`)).toBe(false);
      }),
      { numRuns: 1_000 },
    );
  });

  it('has the same number for the same value in all texts', () => {
    const placeholders = create();
    expect(placeholders.abstract('localhost:1 localhost:2')).toBe('localhost:<<port.1>> localhost:<<port.2>>');
    expect(placeholders.abstract('localhost:2 localhost:3')).toBe('localhost:<<port.2>> localhost:<<port.3>>');
  });

  it('has one name for a path and its real path, and gets the path', () => {
    const placeholders = create([
      { name: 'project', value: '/home/ann/shop' },
      { name: 'project', value: '/disk/shop' },
    ]);
    expect(placeholders.abstract('/disk/shop/a /home/ann/shop/b')).toBe('<<project>>/a <<project>>/b');
    expect(placeholders.expand('<<project>>/a')).toBe('/home/ann/shop/a');
    expect(placeholders.matches('<<project>>/a <<project>>/b', '/disk/shop/a /home/ann/shop/b')).toBe(true);
  });

  it('has names for entries of each folder for temporary files', () => {
    const placeholders = create([{ name: 'temp', value: '/private/tmp' }]);
    expect(placeholders.abstract('/private/tmp/a /tmp/b /private/tmp')).toBe('<<temp.1>> <<temp.2>> <<temp>>');
    expect(placeholders.expand('<<temp>>')).toBe('/private/tmp');
  });

  it('of a megabyte is read in one pass, whatever it looks like', () => {
    // Each would take minutes if the work grew with the square of the length.
    const beginnings = [
      '<',
      '<<a',
      '/tmp/',
      '/tmp/a',
      '/tmp/.',
      '/home/ann/shop.',
      '.',
      '%%',
      '%%a',
      'a',
      '0',
      '0-',
      '2026-12-01 ',
      ':1',
    ];
    for (const beginning of beginnings) {
      const text = beginning.repeat(1_000_000 / beginning.length);
      const placeholders = create();
      const abstracted = placeholders.abstract(text);
      expect(placeholders.expand(abstracted) === text).toBe(true);
      expect(placeholders.matches(abstracted, `${text}!`)).toBe(false);
    }
  });
});

describe('A text of a scenario in another run', () => {
  it('has the places of that run', () => {
    expect(elsewhere().expand('cd <<project>>/src && ls <<home>> # <<server>> <<temp>>')).toBe(
      'cd /Users/bob/my.shop/src && ls /Users/bob # zz /var/tmp',
    );
  });

  it('gets a value of its kind where no text has had one, and keeps it', () => {
    const placeholders = elsewhere();
    const [time = '', id = '', mark = '', port = '', temp = ''] = ['time', 'id', 'mark', 'port', 'temp'].map((kind) => {
      const value = placeholders.expand(`<<${kind}.1>>`);
      expect(placeholders.expand(`<<${kind}.1>>`)).toBe(value);
      return value;
    });
    expect(time).toBe('2026-12-01T10:00:00.000Z');
    expect(id).toMatch(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/);
    expect(mark).toMatch(/^[\da-f]{8}$/);
    expect(Number(port)).toBeGreaterThanOrEqual(49_152);
    expect(Number(port)).toBeLessThanOrEqual(65_535);
    expect(temp).toMatch(/^\/var\/tmp\/maitred-scenario-\w+$/);
    expect(placeholders.abstract(`${id} ${temp}/x localhost:${port}`)).toBe(
      '<<id.1>> <<temp.1>>/x localhost:<<port.1>>',
    );
  });

  it('gets a number of its server that this has not given, where no text has had one', () => {
    expect(elsewhere().expand('<<run.3>>')).toMatch(/^zz\.\d{7}$/);
  });

  it('is like another number of the server, which it keeps, and like every time', () => {
    const placeholders = elsewhere();
    expect(placeholders.matches('<<run.1>> at <<time.1>>', 'zz.7 at 2027-01-01T00:00:00Z')).toBe(true);
    expect(placeholders.matches('<<run.1>> at <<time.1>>', 'zz.7 at 2027-01-01T00:00:09Z')).toBe(true);
    expect(placeholders.matches('<<run.1>>', 'zz.8')).toBe(false);
    expect(placeholders.matches('<<run.2>>', 'other.8')).toBe(false);
  });

  it('gets no port twice', () => {
    const placeholders = elsewhere();
    const ports = Array.from({ length: 16_384 }, (_, index) => placeholders.expand(`<<port.${index}>>`));
    expect(new Set(ports).size).toBe(16_384);
    expect(placeholders.expand('<<port.99999>>')).toMatch(/^\d{5}$/);
  });

  it('gets ports fast, also when all of them are taken', () => {
    const text = Array.from({ length: 40_000 }, (_, index) => `<<port.${index}>>`).join(' ');
    expect(elsewhere().expand(text)).toMatch(/^(?:\d{5} ?){40000}$/);
  });

  it('keeps names that are not known', () => {
    const text = '<<log>>/a <<id>> <<project.1>> <<constructor.1>> << id.1>>';
    expect(elsewhere().expand(text)).toBe(text);
    expect(elsewhere().matches(text, text)).toBe(true);
  });

  it('has the value that a text of this run had in its place', () => {
    const placeholders = elsewhere();
    const recorded =
      'End <<project>> with %%DONE::<<mark.1>>%%, not <<temp.1>>/a at <<time.1>> (<<id.1>>) on localhost:<<port.1>>';
    const actual = `End /Users/bob/my.shop with %%DONE::00ff00ff%%, not /var/tmp/q/a at 2027-01-01 00:00:00 (${uuid}) on localhost:5`;
    expect(placeholders.matches(recorded, actual)).toBe(true);
    expect(placeholders.expand(recorded)).toBe(actual);
    expect(placeholders.abstract(actual)).toBe(recorded);
  });

  const different: readonly (readonly [recorded: string, actual: string, at: readonly [number, number]])[] = [
    ['<<project>>/a', '/Users/bob/a', [0, 0]],
    ['<<project>>/a', '/Users/bob/my.shop/b', [12, 19]],
    ['<<project>>/a', '/Users/bob/my.shop/ab', [13, 20]],
    ['<<project>>/ab', '/Users/bob/my.shop/a', [13, 20]],
    ['<<id.1>> x', 'id x', [0, 0]],
    ['<<id.1>> <<id.1>>', `${uuid} ${otherUuid}`, [9, 37]],
    ['<<temp.1>>', '/tmp/a', [0, 0]],
    ['localhost:<<port.1>>', 'localhost:x', [10, 10]],
    ['<<literal>>id.1>>', '<<id.2>>', [14, 5]],
    ['/home/ann', '/Users/bob', [1, 1]],
  ];
  for (const [recorded, actual, at] of different) {
    it(`is not like one that differs: ${recorded} and ${actual}`, () => {
      const placeholders = elsewhere();
      expect(placeholders.matches(recorded, actual)).toBe(false);
      expect(placeholders.differAt(recorded, actual)).toEqual(at);
    });
  }

  it('is like one that has a text as it looks like a placeholder', () => {
    expect(elsewhere().matches('<<literal>>id.1>>', '<<id.1>>')).toBe(true);
  });

  it('keeps its placeholders free when it is not like the text of this run', () => {
    const placeholders = elsewhere();
    expect(placeholders.matches('<<id.1>> a', `${uuid} b`)).toBe(false);
    expect(placeholders.matchesValue([`<<id.1>>`, 1], [uuid, 2])).toBe(false);
    expect(placeholders.differAt('<<id.1>>', uuid)).toBe(null);
    expect(placeholders.matches('<<id.1>>', otherUuid)).toBe(true);
    expect(placeholders.matches('<<id.1>>', uuid)).toBe(false);
  });

  it('takes no number that a text of this run has for another value', () => {
    const placeholders = elsewhere();
    expect(placeholders.matches('<<id.2>> <<id.1>>', `${uuid} ${otherUuid}`)).toBe(true);
    expect(placeholders.abstract('00000000-0000-4000-8000-000000000001')).toBe('<<id.3>>');
  });
});

describe('Arguments of a scenario', () => {
  it('are like those of this run, whatever the order of their keys', () => {
    const recorded = { cmd: 'ls <<project>>', list: ['<<id.1>>', 2, null], deep: { a: true } };
    const actual = { deep: { a: true }, list: [uuid, 2, null], cmd: 'ls /Users/bob/my.shop' };
    const placeholders = elsewhere();
    expect(placeholders.matchesValue(recorded, actual)).toBe(true);
    expect(placeholders.expand('<<id.1>>')).toBe(uuid);
  });

  const different: readonly (readonly [recorded: unknown, actual: unknown])[] = [
    [{ a: 1 }, { a: 1, b: 2 }],
    [{ a: 1, b: 2 }, { a: 1 }],
    [{ a: 1 }, { b: 1 }],
    [{ '<<project>>': 1 }, { '/Users/bob/my.shop': 1 }],
    [JSON.parse('{"__proto__":{}}'), { a: {} }],
    [[1, 2], [1]],
    [[1], [1, 2]],
    [{ 0: 1 }, [1]],
    [{}, null],
    ['1', 1],
    [true, false],
  ];
  for (const [recorded, actual] of different) {
    it(`are not like others: ${JSON.stringify(recorded)} and ${JSON.stringify(actual)}`, () => {
      expect(elsewhere().matchesValue(recorded, actual)).toBe(false);
    });
  }
});

describe('Placeholders with more places', () => {
  it('know them, and share all numbers and values with the others', () => {
    const placeholders = create();
    const ofAgent = placeholders.withPlaces([{ name: 'log', value: '/home/ann/.agent/shop' }]);
    expect(ofAgent.abstract(`/home/ann/.agent/shop/a ${uuid}`)).toBe('<<log>>/a <<id.1>>');
    expect(placeholders.abstract(`/home/ann/.agent/shop/a ${uuid}`)).toBe('<<home>>/.agent/shop/a <<id.1>>');
    expect(ofAgent.expand('<<log>> <<project>>')).toBe('/home/ann/.agent/shop /home/ann/shop');
  });

  it('prefer them to others of the same name', () => {
    const ofAgent = create([{ name: 'log', value: '/a' }]).withPlaces([{ name: 'log', value: '/b' }]);
    expect(ofAgent.expand('<<log>>')).toBe('/b');
  });
});

describe('A copy of placeholders', () => {
  it('knows their values, and keeps for itself what it binds', () => {
    const placeholders = create();
    placeholders.abstract(uuid);
    const copy = placeholders.copy();
    expect(copy.abstract(`${uuid} ${otherUuid}`)).toBe('<<id.1>> <<id.2>>');
    expect(placeholders.abstract('00000000-0000-4000-8000-000000000001')).toBe('<<id.2>>');
  });
});
