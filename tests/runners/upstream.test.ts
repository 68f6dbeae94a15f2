import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { AppError, type Fault } from '../../src/domain/app-error.ts';
import type { ProcessExit, ProcessOutcome } from '../../src/domain/child-process.ts';
import { encodeJson } from '../../src/domain/encode-json.ts';
import type { JsonObject } from '../../src/domain/json-object.ts';
import type { JsonRpcMessage } from '../../src/domain/json-rpc.ts';
import { createLineSplitter } from '../../src/domain/line-splitter.ts';
import { type LogRecord, logThrough } from '../../src/domain/log-record.ts';
import type { UpstreamHandshake } from '../../src/domain/upstream-handshake.ts';
import type { UpstreamInput } from '../../src/machines/upstream.machine.ts';
import { createUpstream, type UpstreamDeps } from '../../src/runners/upstream.ts';
import type { Workers } from '../../src/runners/worker-registry.ts';
import { createCommandedClock } from '../fixtures/commanded-clock.ts';

const soon = { interval: 2 };
const turn = () => new Promise((resolve) => setImmediate(resolve));
const aCall: JsonRpcMessage = { jsonrpc: '2.0', id: 7, method: 'tools/call', params: { name: 'add' } };

type Answers = Readonly<Record<string, (params: JsonObject) => JsonObject | undefined>>;

interface Given extends Partial<Pick<UpstreamDeps, 'isTriedOnce' | 'resolveEnv' | 'redact' | 'follow'>> {
  readonly limits?: Partial<UpstreamInput>;
  readonly capabilities?: JsonObject;
  /** What the server answers; a result with a `code` is an error. Nothing else is answered. */
  readonly answers?: Answers;
  /** The server goes on when its input ends. */
  readonly staysAtEnd?: boolean;
}

interface LifeGiven {
  readonly answers: Answers;
  readonly staysAtEnd: boolean;
  readonly signal: AbortSignal;
  readonly story: string[];
}

/** One life of the command. @param story takes what happens */
function aLife(pid: number, { answers, staysAtEnd, signal, story }: LifeGiven) {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  let onExited: (exit: ProcessExit) => void = () => undefined;
  let onGone: (outcome: ProcessOutcome) => void = () => undefined;
  const exited = new Promise<ProcessExit>((resolve) => {
    onExited = resolve;
  });
  const gone = new Promise<ProcessOutcome>((resolve) => {
    onGone = resolve;
  });
  let hasExited = false;
  const say = (message: object) => void stdout.write(`${encodeJson({ jsonrpc: '2.0', ...message })}\n`);
  const reportExit = (exit: ProcessExit) => onExited(exit);
  const reportEnd = (exit: ProcessExit) => onGone({ exit, reason: 'exited', others: 0, survivors: [] });
  const exit = (code: number | null = null, by: string | null = null) => {
    hasExited = true;
    for (const output of [stdout, stderr]) output.end();
    reportExit({ code, signal: by });
    reportEnd({ code, signal: by });
  };
  const lines = createLineSplitter<Buffer>({
    maxLineBytes: 1_000_000,
    join: Buffer.concat,
    onTooLong: () => undefined,
    onLine(line) {
      const { id, method, params = {} } = JSON.parse(line.toString());
      story.push(`server gets ${method}`);
      const result = answers[method]?.(params);
      if (result !== undefined) say('code' in result ? { id, error: result } : { id, result });
    },
  });
  stdin.on('data', (chunk: Buffer) => lines.push(chunk));
  stdin.once('end', () => {
    story.push('input ends');
    if (!staysAtEnd) exit(0);
  });
  signal.addEventListener('abort', () => {
    if (hasExited) return;
    story.push('command is ended');
    exit(null, 'SIGTERM');
  });
  return { pid, stdin, stdout, stderr, exited, gone, say, exit, reportExit, reportEnd };
}

/** A wrapped command whose processes are doubles, with real pipes between them. */
function aWrappedCommand({ limits, capabilities = {}, answers = {}, staysAtEnd = false, ...deps }: Given = {}) {
  /** What happened between the runner, the server and the client, in order. */
  const story: string[] = [];
  const lives: ReturnType<typeof aLife>[] = [];
  const logged: LogRecord[] = [];
  const learned: { readonly handshake: UpstreamHandshake; readonly isStart: boolean }[] = [];
  const toClient: JsonRpcMessage[] = [];
  const detached: Fault[] = [];
  const clock = createCommandedClock();
  const client = { send: (_: JsonRpcMessage): void => undefined, unused: Promise.resolve() };
  let workers: Workers = {};
  const all: Answers = { initialize: () => ({ protocolVersion: '2025-11-25', capabilities }), ...answers };

  const upstream = createUpstream({
    name: 'fast',
    command: { file: 'server', args: ['--fast'], cwd: '/' },
    limits: { isOnDemand: false, idleLimitMs: null, startLimitMs: 60_000, ...limits },
    isTriedOnce: false,
    processes: {
      async connect(_, { signal, onPipes }) {
        const life = aLife(100 + lives.length, { answers: all, staysAtEnd, signal, story });
        lives.push(life);
        onPipes(life);
        return life.gone;
      },
    },
    client: {
      connect(receive) {
        client.send = (message) => receive(message, undefined);
        return {
          send: (message) => void toClient.push(message),
          attach: () => void story.push('client is attached'),
          detach: (fault) => void detached.push(fault),
        };
      },
      learnInitialize: () => undefined,
      learn(handshake, { isStart }) {
        story.push('client learns');
        learned.push({ handshake, isStart });
      },
      whenWritable: () => null,
      whenUnused: () => client.unused,
    },
    log: logThrough((record) => logged.push(record)),
    resolveEnv: async () => ({}),
    onStderr: () => undefined,
    redact: (text) => text,
    register(given) {
      workers = given;
    },
    follow: () => undefined,
    clock,
    ...deps,
  });
  const until = (state: string) => expect.poll(() => upstream.state, soon).toBe(state);
  const life = () => {
    const latest = lives.at(-1);
    if (latest === undefined) throw new Error('the command was not started');
    return latest;
  };
  return {
    upstream,
    story,
    lives,
    logged,
    learned,
    toClient,
    detached,
    clock,
    client,
    workers,
    until,
    life,
    eventsLogged: () => logged.map(({ event }) => event),
    async start() {
      upstream.introduce({ clientInfo: { name: 'a client' } });
      await until('up');
    },
    /** The next life, after a failure. */
    async startAgain() {
      await until('failed');
      clock.fire(() => true);
      await until('up');
    },
  };
}

const page = (list: string, names: readonly string[], nextCursor?: string) => ({
  [list]: names.map((name) => ({ name })),
  ...(nextCursor === undefined ? {} : { nextCursor }),
});

describe('A wrapped command that starts', () => {
  it('is shown under the name of its server', () => {
    const shown: string[] = [];
    aWrappedCommand({ follow: (_, { id }) => shown.push(id) });
    expect(shown).toEqual(['fast']);
  });

  it('gets the initialize of the client, and its client learns all pages of the lists before it is attached', async () => {
    const command = aWrappedCommand({
      capabilities: { tools: {}, prompts: {} },
      answers: {
        'tools/list': ({ cursor }) => (cursor === 'more' ? page('tools', ['b']) : page('tools', ['a'], 'more')),
        'prompts/list': () => page('prompts', []),
      },
    });
    await command.start();
    expect(command.story).toEqual([
      'server gets initialize',
      'server gets notifications/initialized',
      'server gets tools/list',
      'server gets prompts/list',
      'server gets tools/list',
      'client learns',
      'client is attached',
    ]);
    const lists = { tools: [{ name: 'a' }, { name: 'b' }], prompts: [] };
    expect(command.learned).toMatchObject([{ handshake: { lists }, isStart: true }]);
    expect(command.upstream).toMatchObject({ pid: 100, starts: 1, fault: null });
  });

  it('has no list that it refuses, and the log says why', async () => {
    const command = aWrappedCommand({
      capabilities: { tools: {}, prompts: {} },
      answers: {
        'tools/list': () => page('tools', ['a']),
        'prompts/list': () => ({ code: -32601, message: 'not today' }),
      },
    });
    await command.start();
    expect(command.learned[0]?.handshake.lists).toEqual({ tools: [{ name: 'a' }] });
    expect(command.logged).toContainEqual(
      expect.objectContaining({
        event: 'list_refused',
        fields: expect.objectContaining({ method: 'prompts/list', output: 'not today' }),
      }),
    );
  });

  it('fails with its own words when it refuses to be introduced', async () => {
    const command = aWrappedCommand({ answers: { initialize: () => ({ code: -32600, message: 'who are you?' }) } });
    command.upstream.introduce({});
    await command.until('failed');
    expect(command.upstream.fault).toEqual({
      code: 'process_failed',
      message: 'the server answered initialize with the error -32600',
      details: { output: 'who are you?' },
    });
  });

  it('and ends before it has answered fails with its exit code and what it wrote to stderr', async () => {
    const command = aWrappedCommand({ answers: { initialize: () => undefined } });
    command.upstream.introduce({});
    await expect.poll(() => command.story, soon).toContain('server gets initialize');
    command.life().stderr.write('no port is free\n');
    command.life().exit(3);
    await command.until('failed');
    expect(command.upstream).toMatchObject({
      fault: { message: 'the command ended with exit code 3', details: { output: 'no port is free' } },
      stderrTail: 'no port is free\n',
      pid: null,
    });
  });

  it('is given up at once when its environment cannot be resolved', async () => {
    const command = aWrappedCommand({
      resolveEnv: () => Promise.reject(new AppError('not_found', '--env TOKEN=file:/x: the file does not exist')),
    });
    await command.until('givenUp');
    expect(command.lives).toEqual([]);
    expect(command.upstream.fault).toMatchObject({
      code: 'not_found',
      message: expect.stringContaining('--env TOKEN'),
    });
    expect(command.eventsLogged()).toContain('command_failed');
  });

  it('is given up when it ends once if it is to be tried once, and leaves the warning to whoever waits for it', async () => {
    const command = aWrappedCommand({ isTriedOnce: true, answers: { initialize: () => undefined } });
    command.upstream.introduce({});
    await expect.poll(() => command.story, soon).toContain('server gets initialize');
    command.life().exit(3);
    await command.until('givenUp');
    expect(command.upstream).toMatchObject({ starts: 1, fault: { message: 'the command ended with exit code 3' } });
    expect(command.logged).toContainEqual(expect.objectContaining({ event: 'command_failed', level: 'INFO' }));
  });

  it('is tried again when it could not be started for a reason that may pass', async () => {
    const problems = [new AppError('unavailable', 'the machine takes no more processes')];
    const command = aWrappedCommand({
      async resolveEnv() {
        const problem = problems.pop();
        if (problem !== undefined) throw problem;
        return {};
      },
    });
    command.upstream.introduce({});
    await command.startAgain();
    expect(command.upstream.starts).toBe(2);
  });

  it('is tried again when its start took too long while its environment was resolved', async () => {
    const command = aWrappedCommand({
      resolveEnv: (signal) =>
        new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true })),
    });
    command.upstream.introduce({});
    command.clock.fire((ms) => ms === 60_000);
    await command.until('failed');
    expect(command.upstream.fault?.message).toMatch(/--start-timeout/);
  });
});

describe('A wrapped command that dies', () => {
  it.each<[string, number | null, string | null, string]>([
    ['an exit code', 3, null, 'the command ended with exit code 3'],
    ['a signal', null, 'SIGKILL', 'the command was ended by SIGKILL'],
  ])('leaves the requests in flight with %s and the end of its stderr', async (_, code, signal, cause) => {
    const command = aWrappedCommand({ redact: (text) => text.replace('hunter2', '***') });
    await command.start();
    command.life().stderr.write(`${'x\n'.repeat(9_000)}password hunter2\n`);
    command.life().exit(code, signal);
    await command.until('failed');
    expect(command.detached).toHaveLength(1);
    const [{ code: errorCode, message, details } = { code: 'internal', message: '' }] = command.detached as Fault[];
    expect([errorCode, message]).toEqual([
      'unavailable',
      `No answer: ${cause}. The call may have had effects: check before you call again.`,
    ]);
    expect(details?.output).toMatch(/^(x\n){2000,2048}password \*\*\*$/);
  });

  it.each([
    ['its output closes before it exits', ['stdout', 'exit', 'stderr']],
    ['its exit is seen last', ['stdout', 'stderr', 'exit']],
    ['its exit is seen first', ['exit', 'stderr', 'stdout']],
  ])('says how it ended, and its last words, even if %s', async (_, order) => {
    const command = aWrappedCommand();
    await command.start();
    const { stdout, stderr, reportExit } = command.life();
    const ends: Readonly<Record<string, () => void>> = {
      stdout: () => stdout.end(),
      stderr: () => stderr.end('out of memory'),
      exit: () => reportExit({ code: 3, signal: null }),
    };
    for (const what of order) {
      ends[what]?.();
      for (let turns = 0; turns < 5; turns += 1) await turn();
    }
    await command.until('failed');
    expect(command.detached).toMatchObject([
      { message: expect.stringContaining('ended with exit code 3'), details: { output: 'out of memory' } },
    ]);
  });

  it('says how it ended even if everything of it is gone before its exit is seen', async () => {
    const command = aWrappedCommand();
    await command.start();
    command.life().reportEnd({ code: 3, signal: null });
    await command.until('failed');
    expect(command.detached).toMatchObject([{ message: expect.stringContaining('ended with exit code 3') }]);
  });

  it('does not disturb the next one by news that comes late', async () => {
    const command = aWrappedCommand();
    await command.start();
    const first = command.life();
    first.reportEnd({ code: 3, signal: null });
    await command.startAgain();
    first.stderr.write('late words');
    first.exit(3);
    command.life().say({ method: 'notifications/message', params: {} });
    await expect.poll(() => command.toClient, soon).toHaveLength(1);
    expect(command.upstream).toMatchObject({ state: 'up', pid: 101, stderrTail: '' });
  });

  it('does not disturb the next one even if it could not be ended', async () => {
    const command = aWrappedCommand({ limits: { idleLimitMs: 600_000 }, staysAtEnd: true });
    await command.start();
    const first = command.life();
    command.clock.fire((ms) => ms === 600_000);
    await command.until('stopping');
    for (const limitMs of [17_000, 10_000]) command.clock.fire((ms) => ms === limitMs);
    expect(command.upstream).toMatchObject({ state: 'givenUp', fault: { message: expect.stringMatching(/in time$/) } });
    command.upstream.request();
    await command.until('up');
    first.exit(3);
    for (let turns = 0; turns < 5; turns += 1) await turn();
    command.life().say({ method: 'notifications/message', params: {} });
    await expect.poll(() => command.toClient, soon).toHaveLength(1);
    expect(command.upstream).toMatchObject({ state: 'up', pid: 101 });
  });

  it('is started again, and asked once more for what the client asked of it, before any request reaches it', async () => {
    const command = aWrappedCommand({
      answers: { 'logging/setLevel': () => ({}), 'resources/subscribe': () => ({ code: 1, message: 'no' }) },
    });
    await command.start();
    for (const [id, method, params] of [
      [1, 'logging/setLevel', { level: 'error' }],
      [2, 'logging/setLevel', { level: 'debug' }],
      [3, 'resources/subscribe', { uri: 'a:/1' }],
      [4, 'resources/subscribe', { uri: 'a:/2' }],
      [5, 'resources/unsubscribe', { uri: 'a:/1' }],
    ] as const)
      command.client.send({ jsonrpc: '2.0', id, method, params });
    await expect.poll(() => command.story, soon).toContain('server gets resources/unsubscribe');
    expect(command.eventsLogged()).not.toContain('upstream_restarted');
    command.story.length = 0;
    command.life().exit(3);
    await command.startAgain();
    expect(command.story).toEqual([
      'server gets initialize',
      'server gets notifications/initialized',
      'server gets logging/setLevel',
      'server gets resources/subscribe',
      'client learns',
      'client is attached',
    ]);
    expect(command.eventsLogged()).toEqual(expect.arrayContaining(['upstream_restarted', 'repeated_request_refused']));
  });

  it('has no more list to read: its client learns nothing after its end', async () => {
    let reads = 0;
    const command = aWrappedCommand({
      capabilities: { tools: {} },
      answers: {
        'tools/list': () => {
          reads += 1;
          return reads === 1 ? page('tools', []) : undefined;
        },
      },
    });
    await command.start();
    command.life().say({ method: 'notifications/tools/list_changed' });
    await expect.poll(() => reads, soon).toBe(2);
    const { reportExit, say, exit } = command.life();
    reportExit({ code: 3, signal: null });
    await turn();
    say({ id: 1_000_000_002, result: page('tools', ['late']) });
    exit(3);
    await command.until('failed');
    expect(command.learned).toHaveLength(1);
    expect(command.eventsLogged()).not.toContain('list_refused');
  });
});

describe('A wrapped server whose pipes break', () => {
  const breaks: readonly [string, string, (life: ReturnType<ReturnType<typeof aWrappedCommand>['life']>) => void][] = [
    ['that closes its output', 'the command closed its output', ({ stdout }) => stdout.end()],
    ['that closes its input', 'the command closed its input', ({ stdin }) => stdin.destroy()],
    [
      'that sends a line over the limit',
      'the server sent a line of 269484032 bytes, more than 268435456',
      ({ stdout }) => {
        const part = Buffer.alloc(1_024 ** 2, 'x');
        for (let parts = 0; parts < 257; parts += 1) stdout.write(part);
        stdout.write('\n');
      },
    ],
  ];
  it.each(breaks)(
    '%s is ended, the requests in flight fail with the cause, and it is started again',
    async (_, cause, breakIt) => {
      const command = aWrappedCommand({ staysAtEnd: true });
      await command.start();
      const broken = command.life();
      breakIt(broken);
      await command.until('stopping');
      expect(command.detached).toMatchObject([{ code: 'unavailable', message: expect.stringContaining(cause) }]);
      broken.exit(0);
      await command.startAgain();
      expect(command.upstream).toMatchObject({ pid: 101, fault: null });
    },
  );

  it('before the client has come is ended too', async () => {
    const command = aWrappedCommand();
    await expect.poll(() => command.lives, soon).toHaveLength(1);
    command.life().stdout.end();
    await command.until('failed');
    expect(command.upstream.fault?.message).toBe('the command closed its output');
  });
});

describe('A wrapped server that runs', () => {
  it('may print what it likes beside its messages: the log gets it, and the client its messages', async () => {
    const command = aWrappedCommand();
    await command.start();
    command.life().stdout.write('Server ready!\n\n{"half": \n');
    command.life().say({ id: 7, result: { text: 'hello' } });
    await expect.poll(() => command.toClient, soon).toMatchObject([{ id: 7, result: { text: 'hello' } }]);
    const noise = command.logged.filter(({ event }) => event === 'upstream_noise');
    expect(noise.map(({ fields }) => fields.text)).toEqual(['Server ready!', '{"half": ']);
  });

  it('has its changed lists read again, once for many notices, which reach the client all the same', async () => {
    const names = ['a'];
    const command = aWrappedCommand({
      capabilities: { tools: {} },
      answers: { 'tools/list': () => page('tools', names) },
    });
    await command.start();
    names.push('b');
    for (const what of ['tools', 'prompts', 'resources'])
      command.life().say({ method: `notifications/${what}/list_changed` });
    await expect.poll(() => command.learned, soon).toHaveLength(2);
    expect(command.learned[1]).toMatchObject({ handshake: { lists: page('tools', ['a', 'b']) }, isStart: false });
    expect(command.toClient).toHaveLength(3);
    names.push('c');
    command.life().say({ method: 'notifications/tools/list_changed' });
    await expect.poll(() => command.learned.at(-1)?.handshake.lists, soon).toEqual(page('tools', ['a', 'b', 'c']));
    expect(command.story.filter((what) => what === 'server gets tools/list')).toHaveLength(3);
  });

  it('has lists read again that change while they are read, also for the first time', async () => {
    const names = ['a'];
    let reads = 0;
    const command = aWrappedCommand({
      capabilities: { tools: {} },
      answers: {
        'tools/list': () => {
          reads += 1;
          const read = page('tools', [...names]);
          if (reads < 3) {
            names.push('b');
            command.life().say({ method: 'notifications/tools/list_changed' });
          }
          return read;
        },
      },
    });
    await command.start();
    await expect.poll(() => command.learned, soon).toHaveLength(3);
    expect(command.learned.map(({ isStart }) => isStart)).toEqual([true, false, false]);
    expect(command.learned.at(-1)?.handshake.lists).toEqual(page('tools', ['a', 'b', 'b']));
  });

  it('is not asked for its lists before it is introduced, even if an earlier one was', async () => {
    const command = aWrappedCommand({
      capabilities: { tools: {} },
      answers: { 'tools/list': () => page('tools', []) },
    });
    await command.start();
    command.life().exit(3);
    await command.until('failed');
    command.story.length = 0;
    command.clock.fire(() => true);
    await expect.poll(() => command.lives, soon).toHaveLength(2);
    command.life().say({ method: 'notifications/tools/list_changed' });
    await expect.poll(() => command.learned, soon).toHaveLength(3);
    expect(command.story.slice(0, 3)).toEqual([
      'server gets initialize',
      'server gets notifications/initialized',
      'server gets tools/list',
    ]);
  });

  it('is stopped when it is not used, and started by the next request with nothing held against it', async () => {
    const command = aWrappedCommand({ limits: { idleLimitMs: 600_000 } });
    await command.start();
    command.clock.fire((ms) => ms === 600_000);
    await command.until('down');
    expect(command.upstream).toMatchObject({ fault: null, pid: null });
    command.upstream.setUsed(true);
    await command.until('up');
    expect(command.upstream.starts).toBe(2);
  });
});

describe('A shutdown', () => {
  const never = new AbortController().signal;

  it('lets the requests in flight finish, closes the input, and waits until the command has ended by itself', async () => {
    const command = aWrappedCommand();
    await command.start();
    let onUnused: () => void = () => undefined;
    command.client.unused = new Promise((resolve) => {
      onUnused = resolve;
    });
    const drained = command.workers.drain?.(60_000, never);
    command.client.send(aCall);
    await expect.poll(() => command.story.at(-1), soon).toBe('server gets tools/call');
    expect(command.detached).toEqual([]);
    onUnused();
    await drained;
    expect(command.story.at(-1)).toBe('input ends');
    expect(command.upstream.state).toBe('ended');
    expect(command.detached).toMatchObject([{ message: expect.stringContaining('the server was stopped') }]);
  });

  it('closes the input of a command that stays, and ends it when the time is up', async () => {
    const command = aWrappedCommand({ staysAtEnd: true });
    await command.start();
    await command.workers.drain?.(20, never);
    expect(command.story.slice(-2)).toEqual(['input ends', 'command is ended']);
  });

  it('that is repeated does not wait any longer', async () => {
    const command = aWrappedCommand({ staysAtEnd: true });
    await command.start();
    const drained = command.workers.drain?.(60_000, never);
    await expect.poll(() => command.story.at(-1), soon).toBe('input ends');
    await command.workers.killAll?.();
    expect(command.upstream.state).toBe('ended');
    expect(command.story.slice(-2)).toEqual(['input ends', 'command is ended']);
    await drained;
  });

  it('in a hurry does not wait for the requests in flight', async () => {
    const command = aWrappedCommand();
    await command.start();
    command.client.unused = new Promise(() => undefined);
    const hurry = new AbortController();
    const drained = command.workers.drain?.(60_000, hurry.signal);
    hurry.abort();
    await drained;
    expect(command.upstream.state).toBe('ended');
  });

  it('of a command that was never needed ends at once', async () => {
    const command = aWrappedCommand({ limits: { isOnDemand: true } });
    await command.workers.drain?.(60_000, never);
    expect([command.upstream.state, command.upstream.starts]).toEqual(['ended', 0]);
  });
});
