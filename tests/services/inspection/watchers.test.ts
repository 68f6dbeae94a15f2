import { once } from 'node:events';
import { existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { listenForWatchers } from '../../../src/services/inspection/listen-for-watchers.ts';
import { createMessageRing, type MessageRing } from '../../../src/services/inspection/message-ring.ts';
import { watchServer } from '../../../src/services/inspection/watch-server.ts';
import { createWatchers, type Watchers } from '../../../src/services/inspection/watchers.ts';
import { tempFolder } from '../../doubles/temp-folder.ts';

const platform = process.platform;
const ending = new AbortController();

interface Served {
  readonly path: string;
  readonly ring: MessageRing;
  readonly watchers: Watchers;
  readonly nobodies: number;
  say(line: string): void;
  close(): void;
}

function serve(path = `${tempFolder()}/a.sock`, ring = createMessageRing(1_000, 100_000)): Served {
  let nobodies = 0;
  const watchers = createWatchers({
    ring,
    before: () => ['{"type":"maitred.hello"}'],
    afterLoss: (messages) => [`{"type":"lost","messages":${messages}}`],
    onAllGone: () => {
      nobodies += 1;
    },
  });
  const onProblem = (problem: Error) => {
    throw problem;
  };
  const close = listenForWatchers({ path, platform, onProblem, onWatcher: watchers.admit });
  onTestFinished(close);
  return {
    path,
    ring,
    watchers,
    close,
    get nobodies() {
      return nobodies;
    },
    say(line) {
      ring.push(line);
      watchers.notify();
    },
  };
}

async function attach(path: string): Promise<{ socket: Socket; text(): string }> {
  const socket = connect(path);
  onTestFinished(() => void socket.destroy());
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return { socket, text: () => text };
}

describe('The watchers of a server', () => {
  it('each get all kept messages and then all new ones', async () => {
    const served = serve();
    served.say('1');
    const first = await attach(served.path);
    await expect.poll(first.text).toBe('{"type":"maitred.hello"}\n1\n');
    const second = await attach(served.path);
    served.say('2');
    for (const { text } of [first, second]) await expect.poll(text).toBe('{"type":"maitred.hello"}\n1\n2\n');
    first.socket.destroy();
    second.socket.destroy();
    await expect.poll(() => served.nobodies).toBe(1);
  });

  it('lose messages that they do not read, learn how many, and continue', async () => {
    const served = serve();
    const slow = await attach(served.path);
    await expect.poll(slow.text).toContain('hello');
    slow.socket.pause();
    const line = JSON.stringify({ type: 'x', text: 'x'.repeat(1_000) });
    for (let said = 0; said < 20_000; said += 1) {
      served.say(line);
      if (said % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    slow.socket.resume();
    await expect.poll(slow.text).toContain('"lost"');
    served.say('"the end"');
    await expect.poll(slow.text).toMatch(/"the end"\n$/);
    const got = slow
      .text()
      .split('\n')
      .filter((text) => text === line).length;
    const losses = [...slow.text().matchAll(/"lost","messages":(\d+)/g)].map(([, count]) => Number(count));
    const lost = losses.reduce((sum, count) => sum + count, 0);
    expect(got + lost).toBe(20_000);
  });

  it('get all that comes before the messages, also if messages are dropped meanwhile', async () => {
    const path = `${tempFolder()}/a.sock`;
    const ring = createMessageRing(10, 1_000);
    const most = 1_000;
    const { admit } = createWatchers({
      ring,
      *before() {
        for (let at = 0; at < most; at += 1) {
          ring.push(`message ${at}`);
          yield `before ${at} ${'x'.repeat(1_000)}`;
        }
      },
      afterLoss: (messages) => [`lost ${messages}`],
      onAllGone: () => undefined,
    });
    onTestFinished(listenForWatchers({ path, platform, onProblem: () => undefined, onWatcher: admit }));
    const { text } = await attach(path);
    await expect.poll(text).toContain('lost');
    const lines = text().split('\n');
    expect(lines.filter((line) => line.startsWith('before'))).toHaveLength(most);
    expect(lines[most]).toBe(`lost ${most}`);
  });

  it('do not stop the server for long while what comes before the messages is made, however short it is', async () => {
    const path = `${tempFolder()}/a.sock`;
    let madeInTurn = 0;
    let most = 0;
    const { admit } = createWatchers({
      ring: createMessageRing(10, 1_000),
      *before() {
        for (let at = 0; at < 500; at += 1) {
          if (madeInTurn === 0)
            setImmediate(() => {
              madeInTurn = 0;
            });
          madeInTurn += 1;
          most = Math.max(most, madeInTurn);
          yield 'short';
        }
        yield 'the last';
      },
      afterLoss: () => [],
      onAllGone: () => undefined,
    });
    onTestFinished(listenForWatchers({ path, platform, onProblem: () => undefined, onWatcher: admit }));
    const { text } = await attach(path);
    await expect.poll(text).toContain('the last');
    expect(text().split('\n')).toHaveLength(502);
    expect(most).toBeLessThanOrEqual(25);
  });

  it('may send garbage without harm, but one that sends too much is disconnected', async () => {
    const served = serve();
    const polite = await attach(served.path);
    const rude = await attach(served.path);
    rude.socket.write('{"type":"SHUTDOWN_TRIGGERED"}\n\u0000\u0001'.repeat(100));
    served.say('1');
    await expect.poll(rude.text).toContain('1\n');
    rude.socket.write(Buffer.alloc(1_048_576));
    await expect.poll(() => rude.socket.closed).toBe(true);
    served.say('2');
    await expect.poll(polite.text).toContain('2\n');
  });

  it('are sixteen at most', async () => {
    const served = serve();
    const all = await Promise.all(Array.from({ length: 16 }, () => attach(served.path)));
    for (const { text } of all) await expect.poll(text).toContain('hello');
    const late = await attach(served.path);
    await expect.poll(() => late.socket.closed).toBe(true);
    expect(late.text()).toBe('');
  });

  it('get the last messages and the last line from a server that shuts down', async () => {
    const served = serve();
    const watcher = await attach(served.path);
    await expect.poll(watcher.text).toContain('hello');
    served.say('1');
    served.watchers.leave('bye');
    await expect.poll(watcher.text).toMatch(/1\nbye\n$/);
  });

  it('get nothing after that line, also where the process goes on, and are disconnected', async () => {
    const served = serve();
    const watcher = await attach(served.path);
    await expect.poll(watcher.text).toContain('hello');
    served.watchers.leave('bye');
    served.say('1');
    await expect.poll(() => watcher.socket.closed).toBe(true);
    expect(watcher.text()).toBe('{"type":"maitred.hello"}\nbye\n');
  });
});

it('A stream that fails ends, and the server continues', async () => {
  const path = `${tempFolder()}/a.sock`;
  let isBroken = true;
  const watchers = createWatchers({
    ring: createMessageRing(10, 1_000),
    *before() {
      if (isBroken) throw new Error('a defect');
      yield 'hello';
    },
    afterLoss: () => [],
    onAllGone: () => undefined,
  });
  onTestFinished(listenForWatchers({ path, platform, onProblem: () => undefined, onWatcher: watchers.admit }));
  const first = await attach(path);
  await expect.poll(() => first.socket.closed).toBe(true);
  isBroken = false;
  const second = await attach(path);
  await expect.poll(second.text).toBe('hello\n');
});

describe('The socket', () => {
  it('is for its own user only, and is removed when it closes', async () => {
    const served = serve();
    expect(statSync(served.path).mode & 0o777).toBe(0o600);
    const watcher = await attach(served.path);
    await expect.poll(watcher.text).toContain('hello');
    served.close();
    expect(existsSync(served.path)).toBe(false);
    served.say('1');
    await expect.poll(watcher.text).toContain('1\n');
  });

  it('may be removed by somebody else before its server leaves', () => {
    const served = serve();
    rmSync(served.path);
    expect(served.close).not.toThrow();
  });

  it.runIf(platform === 'linux')('may lie deeper than a socket’s address is long', async () => {
    const dir = `${tempFolder()}/${'deep/'.repeat(40)}`;
    mkdirSync(dir, { recursive: true });
    const served = serve(`${dir}a.sock`);
    expect(existsSync(served.path)).toBe(true);
    const messages = watchServer(served.path, platform, ending.signal);
    expect(await messages.next()).toMatchObject({ value: { message: { type: 'maitred.hello' } } });
    await messages.return(undefined);
    served.close();
    expect(existsSync(served.path)).toBe(false);
  });

  it('is refused where its path is too long for the system', () => {
    const path = `${tempFolder()}/${'deep/'.repeat(40)}a.sock`;
    const listen = () => listenForWatchers({ path, platform: 'darwin', onWatcher() {}, onProblem() {} });
    expect(listen).toThrow(/is too long for a socket \(103 bytes\): set MAITRED_STATE_DIR/);
  });

  it('that is a regular file has no server', async () => {
    const path = `${tempFolder()}/a.sock`;
    writeFileSync(path, '');
    await expect(watchServer(path, platform, ending.signal).next()).rejects.toThrow(
      `no server listens on ${path} (ECONNREFUSED)`,
    );
  });
});
