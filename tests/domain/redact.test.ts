import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asciiJson } from '../../src/domain/encode-json.ts';
import { createRedactor } from '../../src/domain/redact.ts';

const redactor = createRedactor([]);
const redact = redactor.text;

/** Put together here, so that no scanner takes this page for a leak. */
const shapedSecrets: Readonly<Record<string, string>> = {
  'a GitHub token': `ghp_${'a1B2'.repeat(9)}`,
  'an OAuth token of GitHub': `gho_${'a1B2'.repeat(9)}`,
  'a user token of GitHub': `ghu_${'a1B2'.repeat(9)}`,
  'a server token of GitHub': `ghs_${'a1B2'.repeat(9)}`,
  'a refresh token of GitHub': `ghr_${'a1B2'.repeat(9)}`,
  'a fine-grained GitHub token': `github_pat_${'A1b2_'.repeat(8)}`,
  'a GitLab token': `glpat-${'a1B2-'.repeat(4)}`,
  'an npm token': `npm_${'a1B2'.repeat(9)}`,
  'an Anthropic key': `sk-ant-api03-${'xY-9_'.repeat(6)}`,
  'an OpenAI key': `sk-proj-${'xY9_'.repeat(8)}`,
  'a live secret key of Stripe': `sk_live_${'a1B2'.repeat(6)}`,
  'a test secret key of Stripe': `sk_test_${'a1B2'.repeat(6)}`,
  'a live restricted key of Stripe': `rk_live_${'a1B2'.repeat(6)}`,
  ...Object.fromEntries(
    [...'abeoprs'].map((kind) => [`a Slack token of the kind ${kind}`, `xox${kind}-${'1234-'.repeat(4)}abcd`]),
  ),
  'a Google key': `AIza${'a1B-_'.repeat(7)}`,
  'an AWS key id': `AKIA${'ABCD1234'.repeat(2)}`,
  'a temporary AWS key id': `ASIA${'ABCD1234'.repeat(2)}`,
  'a JWT': `eyJ${'hbGciOi'.repeat(3)}.eyJ${'zdWIiO'.repeat(3)}.${'c2ln-_'.repeat(5)}`,
};

/** Every string in a plain value, keys included. */
function* stringsIn(value: unknown): Generator<string> {
  if (typeof value === 'string') yield value;
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    yield key;
    yield* stringsIn(inner);
  }
}

const aKnownSecret = fc.string({ minLength: 8, maxLength: 40, unit: 'binary' }).filter((text) => {
  const marks = ['redacted', 'circular', 'too deep', 'function', 'unreadable', 'left out', 'bytes', 'Invalid Date'];
  return text.trim().length >= 8 && !marks.some((mark) => text.includes(mark));
});

/** Nests a value in arrays, objects (as value and as key), maps, sets and errors. */
const nestings: readonly ((inner: unknown, text: string) => unknown)[] = [
  (inner, text) => [1, inner, text],
  (inner) => ({ a: { b: inner } }),
  (inner, text) => ({ [text]: inner }),
  (inner) => new Map([['key', inner]]),
  (inner) => new Set([inner, 'other']),
  (inner, text) => Object.assign(new Error(`failed with ${text}`, { cause: inner }), { details: inner }),
];

describe('A redacted text', () => {
  for (const [name, secret] of Object.entries(shapedSecrets)) {
    it(`does not show ${name}, and keeps the words around it`, () => {
      const redacted = redact(`push with (${secret}) failed`);
      expect(redacted).toBe('push with ([redacted]) failed');
    });
  }

  it('does not show what follows Bearer', () => {
    expect(redact('sent Bearer abc123def456ghi to the host')).toBe('sent Bearer [redacted] to the host');
  });

  it('does not show user and password of a URL, and keeps host and path', () => {
    expect(redact('clone https://bot:hunter2@example.com/a.git')).toBe('clone https://[redacted]@example.com/a.git');
    expect(redact('https://0123456789abcdef0123@example.com')).toBe('https://[redacted]@example.com');
  });

  it('leaves a URL with a port, a mail address, and a path alone', () => {
    for (const text of ['http://127.0.0.1:8080/mcp?by=a@b.c', '"http://h:80","me@example.com"', 'git@github.com:a/b']) {
      expect(redact(text)).toBe(text);
    }
  });

  it('does not show a private key, whole or cut off', () => {
    const [begin, end] = ['-----BEGIN RSA PRIVATE KEY-----', '-----END RSA PRIVATE KEY-----'];
    expect(redact(`key:\n${begin}\nMIIE\nabcd\n${end}\nbye`)).toBe(`key:\n[redacted]\nbye`);
    expect(redact(`${begin}\nMIIE\nabcd`)).toBe('[redacted]');
  });

  it('does not show what is assigned to a telling name', () => {
    expect(redact('DB_PASSWORD=hunter2 next')).toBe('DB_PASSWORD=[redacted] next');
    expect(redact('NPM_TOKEN=hunter2 next')).toBe('NPM_TOKEN=[redacted] next');
    expect(redact('{"api_key": "k-1", "a": 1}')).toBe('{"api_key": "[redacted]", "a": 1}');
    expect(redact('{"token":"a\\"b"}')).toBe('{"token":"[redacted]"}');
    expect(redact('client-secret: abc')).toBe('client-secret: [redacted]');
    expect(redact('{\\"token\\":\\"abc\\"}')).not.toContain('abc');
    expect(redact('token: Bearer abc123def456ghi')).not.toContain('abc123');
  });

  it('does not show what stands under a telling key of JSON, whatever it is, and stays JSON', () => {
    const redacted = redact(
      JSON.stringify({
        password: ['one-pass', 'two]-pass'],
        secret: { value: 'three}-pass', more: ['four-pass'] },
        credentials: { user: 'five-pass' },
        api_key: 123456,
        pass: 'six-pass',
        pwd: 'seven-pass',
        auth: 'eight-pass',
        last: 'shown',
      }),
    );
    expect(redacted).not.toContain('-pass');
    expect(redacted).not.toContain('123456');
    expect(JSON.parse(redacted)).toMatchObject({ password: '[redacted]', secret: '[redacted]', last: 'shown' });
    expect(redact('{"cookie":{"a":"one"},"b":1}')).not.toContain('one');
    expect(redact('{"password":["one","tw')).toBe('{"password":"[redacted]"');
    expect(redact('{\\"password\\":[\\"one\\",\\"two\\"]}')).toBe('{\\"password\\":\\"[redacted]\\"}');
  });

  it('does not show a secret in the output of a command, whose quotes are escaped once more with each result around it', () => {
    let text = JSON.stringify({
      password: 'hunter-2',
      pass: 'hunter-2',
      headers: { Authorization: 'Basic hunter-2' },
      a: 1,
    });
    for (let depth = 0; depth < 4; depth += 1) {
      expect(redact(text)).not.toContain('hunter');
      expect(redact(text)).toMatch(/a\\*":1/);
      text = JSON.stringify({ text });
    }
  });

  it('does not show variables that end in PWD or PASS, and shows where a shell is', () => {
    expect(redact('DB_PWD=hunter2 SMTP_PASS="a b" run')).toBe('DB_PWD=[redacted] SMTP_PASS="[redacted]" run');
    for (const text of ['PWD=/home/a', 'OLDPWD=/', 'bypass=1 pass: 3', 'a compass: north'])
      expect(redact(text)).toBe(text);
  });

  it('does not show passwords that well-known programs take without the name of one', () => {
    expect(redact('mysqldump -u root -phunter2 shop')).toBe('mysqldump -u root -p[redacted] shop');
    expect(redact('mysql -p shop')).toBe('mysql -p shop');
    expect(redact('curl -s -u "me:hunter2" h')).toBe('curl -s -u "me:[redacted]" h');
    expect(redact('curl --user me:hunter2 h')).toBe('curl --user me:[redacted] h');
    expect(redact('sshpass -p hunter2 ssh h')).toBe('sshpass -p [redacted] ssh h');
  });

  it('does not show the rest of a header that carries credentials', () => {
    expect(redact('Authorization: Basic dXNlcjpwYXNz\nHost: a')).toBe(`Authorization: [redacted]\nHost: a`);
    expect(redact('Cookie: a=1; b=2')).toBe('Cookie: [redacted]');
  });

  it('leaves counts of tokens, absent secrets and files of secrets readable', () => {
    for (const text of ['total_tokens=1200', 'token: null', 'token_file=/run/a', 'risk-assessment-for-everybody']) {
      expect(redact(text)).toBe(text);
    }
  });

  it('leaves readable which token of a text a parser objects to', () => {
    for (const text of ['unrecognized token: "@"', "SyntaxError: Unexpected token: '}' in JSON"])
      expect(redact(text)).toBe(text);
    expect(redact('invalid token: abcdef')).toBe('invalid token: [redacted]');
  });

  it('finds a JWT within other characters', () => {
    const jwt = 'eyJhbGciOi.eyJzdWIiOi.c2ln';
    expect(redact(`?t%3D${jwt} x-${jwt}.${jwt} a.b.${jwt}`)).toBe(
      '?t%3D[redacted] x-[redacted].[redacted] a.b.[redacted]',
    );
  });

  it('stays what it is when it is redacted again', () => {
    const once = redact(`token=abc Authorization: x\n${Object.values(shapedSecrets).join(' ')} a://b:c@d`);
    expect(redact(once)).toBe(once);
  });

  it('is made in linear time, whatever the text repeats', () => {
    const started = performance.now();
    for (const part of [
      'token',
      'a',
      '://a:',
      'eyJ',
      'eyJa.',
      '-----BEGIN PRIVATE KEY-----',
      '"',
      'token="\\',
      'sk-',
      'password=[',
      '"password":{"a":',
      'curl ',
      'mysql -',
    ]) {
      redact(part.repeat(1_000_000 / part.length));
    }
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});

describe('A known secret', () => {
  it('never survives in any nested place', () => {
    fc.assert(
      fc.property(
        aKnownSecret,
        fc.string(),
        fc.string(),
        fc.array(fc.nat(nestings.length - 1), { maxLength: 8 }),
        (secret, before, after, path) => {
          const planted = `${before}${secret}${after}`;
          const value = path.reduce<unknown>((inner, at) => nestings[at]?.(inner, planted), planted);
          for (const text of stringsIn(createRedactor([secret]).value(value))) expect(text).not.toContain(secret);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('does not survive inside JSON text, URLs, or as a number', () => {
    const secret = 'pa"ss\\wo/rd\n1';
    const { text, value } = createRedactor([secret, '1234567890']);
    expect(text(JSON.stringify({ a: secret }))).toBe('{"a":"[redacted]"}');
    expect(text(JSON.stringify({ a: JSON.stringify(secret) }))).toBe('{"a":"\\"[redacted]\\""}');
    expect(text(`?q=${encodeURIComponent(secret)}`)).toBe('?q=[redacted]');
    expect(value({ n: 1234567890, m: 123 })).toEqual({ n: '[redacted]', m: 123 });
  });

  it('does not survive where it is escaped again and again, as in JSON that a command prints', () => {
    const secret = 'pä"ss\\wo/rd\n1';
    const { text: redacted } = createRedactor([secret]);
    for (const innermost of [JSON.stringify, asciiJson]) {
      let text = innermost({ value: secret });
      for (let depth = 1; depth < 4; depth += 1) {
        for (const line of [text, asciiJson(text)]) expect(redacted(line)).not.toMatch(/ss|rd/);
        text = JSON.stringify({ text });
      }
    }
  });

  it('goes as a whole when another one is its beginning', () => {
    expect(createRedactor(['longsecret', 'longsecret-and-more']).text('x longsecret-and-more')).toBe('x [redacted]');
  });

  it('is redacted from the moment it is known, also without the newline of its file', () => {
    const secrets = new Set(['my-early-secret']);
    const late = createRedactor(secrets);
    expect(late.text('my-early-secret my-late-secret')).toBe('[redacted] my-late-secret');
    secrets.add('my-late-secret\n');
    expect(late.text('my-late-secret')).toBe('[redacted]');
  });

  it('of fewer than eight characters is ignored, as it would redact everything', () => {
    expect(createRedactor(['a', 'main', '1234567', '']).text('main a 1234567')).toBe('main a 1234567');
  });
});

describe('A redacted value', () => {
  it('hides what stands under a telling key, however it is spelled and however deep', () => {
    const keys = [
      'token',
      'GITHUB_TOKEN',
      'NPM_TOKEN',
      'accessToken',
      'password',
      'clientSecret',
      'x-api-key',
      'apiKey',
      'cookies',
    ];
    for (const key of [...keys, 'Authorization', 'credentials', 'private_key', 'auth', 'passwd', 'SMTP_PASS']) {
      expect(redactor.value({ [key]: 'plain' })).toEqual({ [key]: '[redacted]' });
      expect(redactor.value({ a: [{ [key]: { b: ['plain'] } }] })).toEqual({ a: [{ [key]: { b: ['[redacted]'] } }] });
    }
    expect(redactor.value({ password: 12345, token: 12345 })).toEqual({ password: '[redacted]', token: 12345 });
  });

  it('keeps what is under a telling key but is no secret', () => {
    const value = { total_tokens: 12, secrets_file: '/run/a', token: null, has_password: true, secret: '' };
    expect(redactor.value(value)).toEqual(value);
  });

  it('shows errors, maps, sets, dates, big integers and bytes in a readable way', () => {
    const error = Object.assign(new TypeError('no', { cause: new Error('why') }), { code: 'E1' });
    expect(redactor.value(error)).toMatchObject({
      name: 'TypeError',
      message: 'no',
      code: 'E1',
      cause: { message: 'why' },
    });
    const seen = {
      m: new Map([['a', 1]]),
      s: new Set([1]),
      d: new Date(0),
      n: 12n,
      b: new Uint8Array(3),
      u: new URL('a:b'),
    };
    expect(redactor.value(seen)).toEqual({
      m: { a: 1 },
      s: [1],
      d: '1970-01-01T00:00:00.000Z',
      n: '12',
      b: '[3 bytes]',
      u: 'a:b',
    });
  });

  it('is bounded in depth and width, and says where it stops', () => {
    const circle: { name: string; self?: unknown } = { name: 'a' };
    circle.self = circle;
    expect(redactor.value(circle)).toEqual({ name: 'a', self: '[circular]' });
    let deep: unknown = 'bottom';
    for (let level = 0; level < 10_000; level += 1) deep = { deep };
    expect(JSON.stringify(redactor.value(deep))).toContain('[too deep]');
    let wide: unknown = 'leaf';
    for (let level = 0; level < 11; level += 1) wide = Array.from({ length: 10 }, () => wide);
    expect(JSON.stringify(redactor.value(wide))).toContain('[more left out]');
  });

  it('shows the same thing twice when it stands in two places', () => {
    const shared = { a: 1 };
    expect(redactor.value([shared, shared])).toEqual([shared, shared]);
  });

  it('never throws, also not on things that throw when they are looked at', () => {
    const hostile = [
      {
        get a(): never {
          throw new Error('no');
        },
      },
      new Proxy(
        {},
        {
          ownKeys() {
            throw new Error('no');
          },
        },
      ),
      {
        toJSON() {
          throw new Error('no');
        },
      },
      new Date(Number.NaN),
      Object.create(null),
      new Map([[Object.create(null), 1]]),
      Symbol('s'),
      () => 1,
    ];
    fc.assert(
      fc.property(fc.anything({ withMap: true, withSet: true, withBigInt: true, withDate: true }), (value) => {
        JSON.stringify(redactor.value([value, ...hostile]));
      }),
    );
    expect(redactor.value(hostile[0])).toBe('[unreadable]');
  });

  it('keeps every key, also when some become the same, and never touches a prototype', () => {
    const { value } = createRedactor(['known-value-1', 'known-value-2', 'known-value-3']);
    expect(value({ 'known-value-1': 1, 'known-value-2': 2, 'known-value-3': 3 })).toEqual({
      '[redacted]': 1,
      '[redacted] 2': 2,
      '[redacted] 3': 3,
    });
    expect(JSON.stringify(value(JSON.parse('{"__proto__":{"a":1}}')))).toBe('{"__proto__":{"a":1}}');
  });
});
