import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { tempFolder } from '../../doubles/temp-folder.ts';
import { type Asking, anInspector } from './served-inspector.ts';

/** Sends bytes that may not be HTTP, and returns the answer. */
function sendBytes(port: number, bytes: string): Promise<string> {
  return text(connect(port, '127.0.0.1').end(bytes));
}

/** The maximum number of connections of the inspector. */
const mostConnections = 128;

const pathOf = (link: string) => link.replace(/^http:\/\/[^/]+/, '');

describe('The link to the inspector', () => {
  it('opens the page and leaves no token in the address bar', async () => {
    const inspector = await anInspector();
    expect(inspector.link).toMatch(new RegExp(`^http://127\\.0\\.0\\.1:${inspector.port}/\\?token=[\\w-]{43}$`));
    const welcome = await inspector.ask(pathOf(inspector.link));
    expect(welcome).toMatchObject({ status: 303, headers: { location: '/', 'referrer-policy': 'no-referrer' } });
    expect(welcome.headers['set-cookie']).toEqual([
      expect.stringMatching(
        new RegExp(`^maitred-inspector-${inspector.port}=[\\w-]{43}; HttpOnly; SameSite=Strict; Path=/$`),
      ),
    ]);
    const [token = ''] = /[\w-]{43}$/.exec(inspector.link) ?? [];
    expect(JSON.stringify(welcome.headers)).not.toContain(token);
    expect(await inspector.ask('/', { headers: await inspector.enter() })).toMatchObject({
      status: 200,
      headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' },
      body: '<!doctype html>',
    });
  });

  it('opens a second page while the first stays open', async () => {
    const inspector = await anInspector();
    const [first, second] = [await inspector.enter(), await inspector.enter()];
    for (const headers of [first, second, first])
      expect((await inspector.ask('/page.js', { headers })).status).toBe(200);
  });

  it.each([
    ['without it', '/', null],
    ['with a wrong token', '/?token=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA', null],
    ['with an empty token', '/?token=', null],
    ['for a file without a cookie', '/page.js', null],
    ['for the stream without a cookie', '/stream', null],
    ['with a cookie that is made up', '/stream', 'AAAA'],
  ])('is what the answer asks for: %s', async (_, path, secret) => {
    const inspector = await anInspector();
    const headers: Asking['headers'] =
      secret === null ? {} : { cookie: `maitred-inspector-${inspector.port}=${secret}` };
    const answer = await inspector.ask(path, { headers });
    expect(answer).toMatchObject({ status: 403, headers: { 'content-type': 'text/plain; charset=utf-8' } });
    expect(answer.body).toContain('Open the one that maitred inspect printed');
  });

  it('rejects its token as a cookie', async () => {
    const inspector = await anInspector();
    const [token] = /[\w-]{43}$/.exec(inspector.link) ?? [];
    const cookie = `maitred-inspector-${inspector.port}=${token}`;
    expect((await inspector.ask('/', { headers: { cookie } })).status).toBe(403);
  });
});

describe('A request from elsewhere', () => {
  const refused: [string, Asking, number, string][] = [
    [
      'a page whose name leads to this machine',
      { headers: { host: 'evil.example' } },
      421,
      'answers only at http://127.0.0.1:',
    ],
    ['another port', { headers: { host: '127.0.0.1:1' } }, 421, 'answers only at http://127.0.0.1:'],
    ['a page of another site', { headers: { origin: 'https://evil.example' } }, 403, 'answers only its own page'],
    ['a sandboxed page', { headers: { origin: 'null' } }, 403, 'answers only its own page'],
    ['a link on another site', { headers: { 'sec-fetch-site': 'cross-site' } }, 403, 'into the address bar'],
    ['a page of another port', { headers: { 'sec-fetch-site': 'same-site' } }, 403, 'into the address bar'],
    ['somebody who would change something', { method: 'POST' }, 405, 'read-only: use GET'],
    ['somebody who would delete something', { method: 'DELETE' }, 405, 'read-only: use GET'],
  ];

  it.each(refused)('is refused in a sentence, with the cookie too: %s', async (_, asking, status, words) => {
    const inspector = await anInspector();
    const answer = await inspector.ask('/stream', {
      ...asking,
      headers: { ...(await inspector.enter()), ...asking.headers },
    });
    expect(answer).toMatchObject({ status, body: expect.stringContaining(words) });
    expect(await inspector.ask(pathOf(inspector.link), asking)).toMatchObject({ status });
  });

  it('is allowed from the page itself, or for localhost', async () => {
    const inspector = await anInspector();
    const cookie = await inspector.enter();
    const own = {
      origin: `http://127.0.0.1:${inspector.port}`,
      'sec-fetch-site': 'same-origin',
      'sec-fetch-mode': 'cors',
    };
    expect((await inspector.ask('/page.js', { headers: { ...cookie, ...own } })).status).toBe(200);
    const local = { host: `localhost:${inspector.port}`, 'sec-fetch-site': 'none' };
    expect((await inspector.ask('/page.js', { headers: { ...cookie, ...local } })).status).toBe(200);
  });

  it('reaches only the files of the page', async () => {
    const inspector = await anInspector();
    const headers = await inspector.enter();
    const paths = [
      '/../secret.js',
      '/..%2fsecret.js',
      '/%2e%2e/secret.js',
      '//secret.js',
      '/./page.js',
      '/index.html/..',
    ];
    for (const path of [...paths, '/charts/../secret.js', '/charts/lifecycle.json', '/nothing', '*'])
      expect([path, (await inspector.ask(path, { headers })).status]).toEqual([path, 404]);
    expect((await inspector.ask('http://evil.example/page.js', { headers })).status).toBe(404);
    expect((await inspector.ask('/nothing', { headers })).body).toBe('Not found. The inspector is at /.\n');
  });

  it('gets a sentence if it is not valid HTTP', async () => {
    const { port, ask } = await anInspector();
    for (const bytes of [
      'hello\r\n\r\n',
      '\u0016\u0003\u0001\u0002',
      `GET / HTTP/1.1\r\nX: ${'x'.repeat(100_000)}\r\n\r\n`,
    ])
      expect(await sendBytes(port, bytes)).toMatch(/^HTTP\/1\.1 400 .*This is not a valid HTTP request/s);
    expect(await sendBytes(port, 'GET / HTTP/1.1\r\n\r\n')).toMatch(/^HTTP\/1\.1 421 .*answers only at /s);
    expect((await ask('/')).status).toBe(403);
  });

  it('loses its connection if it is not valid HTTP, so that such clients cannot occupy all connections', async () => {
    const { port, ask } = await anInspector();
    const sockets = Array.from({ length: mostConnections }, () =>
      connect({ port, host: '127.0.0.1', allowHalfOpen: true }),
    );
    onTestFinished(() => sockets.forEach((socket) => void socket.destroy()));
    for (const socket of sockets) socket.on('error', () => undefined).write('hello\r\n\r\n');
    await Promise.all(sockets.map((socket) => once(socket.resume(), 'end')));
    const statusOfNext = async () => (await ask('/').catch(() => null))?.status;
    await expect.poll(statusOfNext, { timeout: 15_000 }).toBe(403);
  });

  it('cannot come from another machine: the inspector listens on the loopback interface only', async () => {
    const { port } = await anInspector();
    const others = Object.values(networkInterfaces()).flatMap((found) => found ?? []);
    for (const { address } of others.filter(({ internal, scopeid }) => !internal && !scopeid))
      await expect(connected(port, address)).rejects.toThrow('ECONNREFUSED');
    await expect(connected(port, '127.0.0.1')).resolves.toBeUndefined();
    await expect(connected(port, '127.0.0.2')).rejects.toThrow('ECONNREFUSED');
  });
});

function connected(port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, host, () => resolve(void socket.destroy()));
    socket.on('error', reject);
  });
}

describe('Every answer', () => {
  it('lets the page load only its own files, and forbids framing', async () => {
    const inspector = await anInspector();
    const headers = await inspector.enter();
    for (const path of ['/', '/page.js', '/stream', '/nothing', '/charts/c0ffee.json'])
      expect((await inspector.ask(path, { method: 'HEAD', headers })).headers).toMatchObject({
        'content-security-policy': expect.stringMatching(
          /^default-src 'none'; script-src 'self';.* frame-ancestors 'none'/,
        ),
        'x-content-type-options': 'nosniff',
        'cross-origin-resource-policy': 'same-origin',
      });
    const { headers: refused } = await inspector.ask('/');
    expect(refused['content-security-policy']).toMatch(/^default-src 'none'/);
    expect(refused['content-security-policy']).not.toMatch(/unsafe|\*|https?:/);
  });

  it('has no body for HEAD', async () => {
    const inspector = await anInspector();
    const headers = await inspector.enter();
    expect(await inspector.ask('/page.js', { method: 'HEAD', headers })).toMatchObject({ status: 200, body: '' });
    expect(await inspector.ask('/stream', { method: 'HEAD', headers })).toMatchObject({ status: 200, body: '' });
  });
});

describe('A chart that the build knows', () => {
  it('is sent by its hash', async () => {
    const inspector = await anInspector();
    const headers = await inspector.enter();
    expect(await inspector.ask('/charts/c0ffee.json', { headers })).toMatchObject({
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: '{"name":"lifecycle","hash":"c0ffee"}',
    });
    expect((await inspector.ask('/charts/beef.json', { headers })).status).toBe(404);
  });

  it('that cannot be read is reported on the terminal and in the answer', async () => {
    const inspector = await anInspector({ chartsDir: '/nowhere' });
    const answer = await inspector.ask('/charts/c0ffee.json', { headers: await inspector.enter() });
    expect(answer).toMatchObject({
      status: 500,
      body: expect.stringContaining('The terminal of maitred inspect shows the reason'),
    });
    expect(inspector.problems).toEqual([expect.stringContaining('/charts/c0ffee.json cannot be sent: ENOENT')]);
  });
});

describe('A recording', () => {
  it('that was replaced by a pipe does not block the answer', async () => {
    const recordingFile = join(tempFolder(), 'monday.jsonl');
    execFileSync('mkfifo', [recordingFile]);
    const inspector = await anInspector({ recordingFile });
    const headers = await inspector.enter();
    expect(await inspector.ask('/recording', { headers })).toMatchObject({ status: 200, body: '' });
    expect((await inspector.ask('/recording', { method: 'HEAD', headers })).status).toBe(200);
  });
});

describe('A missing page', () => {
  it('is reported with the fix', async () => {
    await expect(anInspector({ pageDir: '/nowhere' })).rejects.toMatchObject({
      code: 'unavailable',
      message: '/nowhere is not the page of this build. Install maitred again',
    });
  });
});

describe('A port that is taken', () => {
  it('is reported with the fix', async () => {
    const { port } = await anInspector();
    await expect(anInspector({ port })).rejects.toMatchObject({
      code: 'conflict',
      message: `port ${port} of 127.0.0.1 is taken: choose another one with --port, or omit --port to get a free one`,
    });
  });
});
