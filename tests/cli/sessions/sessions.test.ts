import { cpSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { errorKinds } from '../../../src/domain/app-error.ts';
import { secondText } from '../../../src/domain/clock-text.ts';
import {
  aFailedSession,
  aRunningSession,
  aSettledSession,
  atSecond,
  someTokens,
  startedAtMs,
} from '../../doubles/agent-sessions.ts';
import { runProgram } from '../run-program.ts';
import { aSessionWorld, events } from './a-session-world.ts';

/** Without the durations until now, which differ from run to run. */
const steady = (text: string) => text.replace(/\d+ (d \d+ h|h \d+ min|min \d+ s)( ago|, until)/g, 'SOME TIME$2');

const clock = (seconds: number) => secondText(startedAtMs + seconds * 1_000);
const linesOf = (path: string) => readFileSync(path, 'utf8').split('\n').length - 1;

async function aFullWorld() {
  const world = aSessionWorld();
  await world.settle(aSettledSession());
  await world.settle(
    aFailedSession({
      ending: 'timedOut',
      stopReason: 'timeout',
      endedAtMs: startedAtMs + 100_000,
      costUsd: null,
      remarks: ['The result lacks the line "plan_path = <path>".'],
      outcome: { kind: 'retriable', subtype: 'timeout', retryReason: 'resume' },
      skillResult: { session_id: 'other-2', exit_code: -1 },
    }),
    { session_id: 'other-2', step_name: '', order_id: '', skill_command: '/fix \u001b[2J' },
  );
  const running = await world.begin('alive', { session_id: 'abc-3' }, events.slice(0, 5));
  const lost = await world.begin('gone', { session_id: '' }, []);
  await expect.poll(() => linesOf(`${running.dir}/events.jsonl`)).toBe(5);
  return { ...world, running, lost };
}

describe('sessions list', () => {
  it('shows what runs, with its owner and what it waits for, then what has ended, newest first', async () => {
    const { run } = await aFullWorld();
    const { out, err, exits } = await run('list');
    expect(steady(out)).toBe(
      [
        `alive.3 (abc-3): running for SOME TIME, until ${clock(7_200)} at the latest`,
        '  waits for its process to exit, its result, or a limit',
        '  /make-plan add a search box',
        '  step plan, order order-7; claude with sonnet in /work/shop',
        '  server alive, alive; started SOME TIME ago; 1,240 tokens in, 300 out, 5,000 from the cache, cost unknown',
        'gone.4: lost (its server died; the next server to start records its outcome)',
        '  /make-plan add a search box',
        '  step plan, order order-7; claude with sonnet in /work/shop',
        '  server gone, dead; started SOME TIME ago; 0 tokens in, 0 out, cost unknown',
        'other-2: to be tried again (timeout) SOME TIME ago',
        '  /fix \\u001b[2J',
        '  claude with sonnet in /work/shop',
        '  took 1 min 20 s; 1,240 tokens in, 300 out, 5,000 from the cache, cost unknown',
        'session-1: succeeded SOME TIME ago',
        '  /make-plan add a search box',
        '  step plan, order order-7; claude with sonnet in /work/shop',
        '  took 1 min 20 s; 1,240 tokens in, 300 out, 5,000 from the cache, $0.42',
        '',
      ].join('\n'),
    );
    expect({ err, exits }).toEqual({ err: '', exits: [0] });
  });

  it('prints the same as JSON', async () => {
    const { run, running } = await aFullWorld();
    const { running: unsettled, settled } = JSON.parse((await run('list', '--json')).out);
    expect(unsettled).toEqual([
      {
        ...aRunningSession({ key: 'alive.3', server_id: 'alive', session_id: 'abc-3' }),
        owner: { server_id: 'alive', alive: true },
        state_of_record: 'running',
        dir: running.dir,
        turns: 1,
        tool_calls: 1,
        ...someTokens,
        cost_usd: null,
      },
      expect.objectContaining({
        key: 'gone.4',
        state: 'lost',
        state_of_record: 'running',
        owner: { server_id: 'gone', alive: false },
        waits_for: null,
        state_deadline: null,
        pid: null,
      }),
    ]);
    expect(settled).toMatchObject([
      { dir_name: 'other-2', success: false, needs_retry: true, cost_usd: null, timestamp: atSecond(100) },
      { dir_name: 'session-1', success: true, cost_usd: 0.42, elapsed_seconds: 80 },
    ]);
  });

  it('shows at most so many that have ended, and all that run', async () => {
    const { run } = await aFullWorld();
    const { running, settled } = JSON.parse((await run('list', '--json', '--limit', '1')).out);
    expect(running).toHaveLength(2);
    expect(settled).toMatchObject([{ dir_name: 'other-2' }]);
    for (const limit of ['0', '-1', 'many', '1.5'])
      expect(await run('list', `--limit=${limit}`)).toMatchObject({
        out: '',
        err: expect.stringContaining('Give a number from 1 to 999999'),
        exits: [2],
      });
  });

  it('says that none has run', async () => {
    const { run } = aSessionWorld();
    expect(await run('list')).toEqual({
      out: 'No agent session has run. The tool run_skill starts one.\n',
      err: '',
      exits: [0],
    });
    expect(JSON.parse((await run('list', '--json')).out)).toEqual({ running: [], settled: [] });
  });

  it('never shows a session as running without a living owner, also while another server records it', async () => {
    const { run, folder, lost } = await aFullWorld();
    writeFileSync(`${lost.dir}/record.json`, 'not JSON');
    mkdirSync(`${folder.agentSessionsDir}/alive.gone.9`);
    const { out } = await run('list');
    expect(out).toContain(
      'gone.4: lost (its server died; the next server to start records its outcome)\n  server gone, dead;',
    );
    expect(out).toContain('gone.9: its server died; server alive records it now\n');
    expect(out.match(/running/g)).toHaveLength(1);
    rmSync(`${folder.serversDir}/alive.json`);
    expect((await run('list')).out).not.toContain('running');
  });

  it('has colours only on a terminal', async () => {
    const { run, folder } = await aFullWorld();
    expect((await run('list')).out).not.toContain('\u001b');
    const host = { env: { MAITRED_STATE_DIR: folder.dir } };
    expect((await runProgram(['sessions', 'list'], host, true)).out).toContain('\u001b[32mrunning\u001b[0m');
  });

  it('rejects a state folder of another version', async () => {
    const { run, folder } = await aFullWorld();
    writeFileSync(folder.formatFile, '99\n');
    for (const args of [['list'], ['show', 'session-1'], ['tail', 'session-1']])
      expect(await run(...args)).toMatchObject({ out: '', exits: [errorKinds.conflict.exitCode] });
  });
});

const whatItDid = [
  'what it did:',
  `  ${clock(0)}  running`,
  `  ${clock(1)}  began as session-1 with sonnet, 2 tools`,
  `  ${clock(2)}  turn 1: 1,240 tokens in, 300 out, 5,000 from the cache (sonnet)`,
  `  ${clock(2)}  I write the plan.`,
  '            It has two lines.',
  `  ${clock(3)}  Write {"file_path":"/work/shop/plan.md","content":"one\\ntwo"}`,
  `  ${clock(4)}  result: written`,
  `  ${clock(5)}  Bash {"command":"ring\\u001b[2J"}`,
  `  ${clock(6)}  error: no such program`,
  `  ${clock(80)}  reported its result: success, 2 turns, $0.42`,
  '',
];

describe('sessions show', () => {
  it('shows what a session did, and why it ended', async () => {
    const { run } = await aFullWorld();
    const text = [
      'session-1: succeeded',
      '  ended      its process exited; exit code 0; completion seen in its output',
      '  command    /make-plan add a search box',
      '  agent      claude with sonnet',
      '  in         /work/shop',
      '  step       step plan, order order-7',
      `  started    ${atSecond(0)}`,
      '  took       1 min 20 s, and paused 10.0 s',
      '  tokens     1,240 tokens in, 300 out, 5,000 from the cache, in 2 turns',
      '  cost       $0.42',
      '  log        /home/me/.claude/projects/-work-shop/session-1.jsonl',
      '',
      'tools: 2 calls',
      '  Write: 1 call',
      '  Bash: 1 call',
      '',
      'files written: 1',
      '  /work/shop/plan.md',
      '',
      ...whatItDid,
    ].join('\n');
    for (const id of ['session-1', 'sess', 'alive.1'])
      expect(await run('show', id)).toEqual({ out: text, err: '', exits: [0] });
  });

  it('shows what a running one has done so far', async () => {
    const { run, running } = await aFullWorld();
    const { out } = await run('show', 'abc');
    expect(steady(out)).toBe(
      [
        `alive.3 (abc-3): running for SOME TIME, until ${clock(7_200)} at the latest`,
        '  waits for  its process to exit, its result, or a limit',
        '  command    /make-plan add a search box',
        '  agent      claude with sonnet',
        '  in         /work/shop',
        '  step       step plan, order order-7',
        `  started    ${atSecond(0)}`,
        '  server     alive, alive',
        '  tokens     1,240 tokens in, 300 out, 5,000 from the cache, in 1 turn',
        '  cost       unknown',
        `  files      ${running.dir}`,
        '',
        'tools: 1 call',
        '  Write: 1 call',
        '',
        'files written: 1',
        '  /work/shop/plan.md',
        '',
        ...whatItDid.slice(0, 7),
        '',
      ].join('\n'),
    );
  });

  it('prints all of it as JSON', async () => {
    const { run } = await aFullWorld();
    const json = JSON.parse((await run('show', 'session-1', '--json')).out);
    expect(json).toMatchObject({
      dir_name: 'session-1',
      ending: 'exited',
      success: true,
      written_paths: ['/work/shop/plan.md'],
      tools: { Write: 1, Bash: 1 },
    });
    expect(json.events).toEqual(events);
    expect(JSON.parse((await run('show', 'gone.4', '--json')).out)).toMatchObject({ state: 'lost', events: [] });
  });

  it('says how much memory the agent took, and what was unusual about its process', async () => {
    const { run, settle } = aSessionWorld();
    const trace = {
      snapshots: 9,
      anomalies: 1,
      peakRssKb: 421_888,
      peakOomScore: 700,
      peakFdRatio: 0.1,
      trackedComm: 'claude',
      hasDrifted: false,
    };
    for (const anomalies of [0, 1, 2]) await settle(aSettledSession({ trace: { ...trace, anomalies } }));
    const rows = ['session-1', 'session-1-2', 'session-1-3'].map(async (id) =>
      (await run('show', id)).out.split('\n').filter((line) => line.startsWith('  memory')),
    );
    expect(await Promise.all(rows)).toEqual([
      ['  memory     412.0 MiB at most'],
      ['  memory     412.0 MiB at most; anomalies.jsonl has 1 line'],
      ['  memory     412.0 MiB at most; anomalies.jsonl has 2 lines'],
    ]);
  });

  it('says why one that did not succeed ended, and what to do', async () => {
    const { run } = await aFullWorld();
    const { out } = await run('show', 'other-2');
    expect(out).toContain(
      'other-2: to be tried again (timeout)\n  ended      its time was up; timeout; completion seen in its output; try again: resume\n',
    );
    expect(out).toContain('  command    /fix \\u001b[2J\n');
    expect(out).toContain('  remark     The result lacks the line "plan_path = <path>".\n');
  });

  it('shows of each turn the tokens that it had when it was complete', async () => {
    const { run, begin } = aSessionWorld();
    const later = { ...someTokens, output_tokens: 900 };
    const session = await begin('alive', {}, [
      ...events.slice(0, 4),
      { at: atSecond(4), type: 'usage', messageId: 'm1', model: 'sonnet', usage: later },
    ]);
    await session.settle(aSettledSession());
    const turns = (await run('show', 'session-1')).out.split('\n').filter((line) => line.includes('turn 1'));
    expect(turns).toEqual([`  ${clock(2)}  turn 1: 1,240 tokens in, 900 out, 5,000 from the cache (sonnet)`]);
  });

  it('says that an agent which reported its result exited by itself, if it did', async () => {
    const { run, settle } = aSessionWorld();
    await settle(aSettledSession({ ending: 'completed' }));
    await settle(aSettledSession({ ending: 'completed', killReason: 'kill_after_completion' }));
    expect((await run('show', 'alive.1')).out).toContain('it reported its result, and exited; exit code 0;');
    expect((await run('show', 'alive.2')).out).toContain('it had reported its result, and its process was ended;');
  });

  it.each([
    ['s', 'no session has the id "s"; maitred sessions list shows the ids', 'not_found', 0],
    ['', 'no session has the id ""; maitred sessions list shows the ids', 'not_found', 1],
    ['sesion-1', 'no session has the id "sesion-1"; did you mean session-1?', 'not_found', 1],
    [
      'session',
      '"session" matches several sessions: session-1-2, session-1; give more characters of the id',
      'invalid_input',
      2,
    ],
    ['\u001b', 'no session has the id "\\u001b"; maitred sessions list shows the ids', 'not_found', 1],
  ] as const)('says what is wrong with the id %j', async (id, words, code, settled) => {
    const { run, settle } = aSessionWorld();
    for (let at = 0; at < settled; at += 1) await settle(aSettledSession());
    const wrong = { out: '', err: `maitred: ${words}\n`, exits: [errorKinds[code].exitCode] };
    expect(await run('show', id)).toEqual(wrong);
    expect(await run('tail', id)).toEqual(wrong);
  });

  it('says that the files of a session have been removed', async () => {
    const { run, folder } = await aFullWorld();
    rmSync(`${folder.sessionsDir}/session-1`, { recursive: true });
    expect(await run('show', 'session-1')).toMatchObject({
      out: '',
      err: expect.stringContaining('the files of session-1 have been removed or are damaged'),
      exits: [errorKinds.not_found.exitCode],
    });
  });
});

describe('sessions tail', () => {
  it('prints what a session does as it comes, until it has settled, and then its outcome', async () => {
    const { begin, folder } = aSessionWorld();
    const session = await begin('alive', {}, events.slice(0, 4));
    let out = '';
    const tail = runProgram(['sessions', 'tail', 'session-1'], {
      env: { MAITRED_STATE_DIR: folder.dir },
      stdout: {
        write: (text) => {
          out += text;
        },
      },
    });
    await expect.poll(() => out).toContain('It has two lines.\n');
    expect(out).not.toContain('Write');
    for (const event of events.slice(4)) session.append(event);
    await expect.poll(() => out).toContain('reported its result');
    await session.settle(aSettledSession());
    expect(await tail).toMatchObject({ err: '', exits: [0] });
    expect(out).toBe([...whatItDid.slice(1, -1), 'session-1: succeeded', ''].join('\n'));
  });

  it('prints JSON lines, the last with the outcome', async () => {
    const { run } = await aFullWorld();
    const { out, exits } = await run('tail', 'session-1', '--json');
    const lines = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.slice(0, -1)).toEqual(events);
    expect(lines.at(-1)).toMatchObject({ type: 'settled', dir_name: 'session-1', success: true });
    expect(exits).toEqual([0]);
  });

  it('prints one that has ended, and ends', async () => {
    const { run } = await aFullWorld();
    expect(await run('tail', 'session-1')).toEqual({
      out: [...whatItDid.slice(1, -1), 'session-1: succeeded', ''].join('\n'),
      err: '',
      exits: [0],
    });
  });

  it('prints all of one that settles just when it is found', async () => {
    const { begin, folder } = aSessionWorld();
    const { dir, settle } = await begin('alive');
    const [running, index] = [`${folder.agentSessionsDir}/.running`, `${folder.agentSessionsDir}/.index`];
    cpSync(dir, running, { recursive: true });
    await settle(aSettledSession());
    renameSync(folder.sessionIndexFile, index);
    renameSync(running, dir);
    const { out, err } = await runProgram(['sessions', 'tail', 'alive.1'], {
      env: { MAITRED_STATE_DIR: folder.dir },
      whenAskedToEnd() {
        rmSync(dir, { recursive: true });
        renameSync(index, folder.sessionIndexFile);
        return new Promise(() => undefined);
      },
    });
    expect({ out, err }).toEqual({ out: [...whatItDid.slice(1, -1), 'session-1: succeeded', ''].join('\n'), err: '' });
  });

  it('ends without an error where what reads its output has ended, as head does', async () => {
    const { run, folder } = await aFullWorld();
    expect(await run('tail', 'session-1')).toMatchObject({ exits: [0] });
    let onError: (problem: Error) => void = () => undefined;
    const tail = runProgram(['sessions', 'tail', 'session-1'], {
      env: { MAITRED_STATE_DIR: folder.dir },
      stdout: {
        write: () => onError(new Error('EPIPE')),
        on(event: string, listener: (problem: Error) => void) {
          if (event === 'error') onError = listener;
        },
      },
    });
    expect(await tail).toMatchObject({ err: '', exits: [0] });
  });

  it('ends with one that is lost', async () => {
    const { run } = await aFullWorld();
    const lost = 'gone.4: lost (its server died; the next server to start records its outcome)\n';
    expect(await run('tail', 'gone')).toEqual({ out: lost, err: '', exits: [0] });
    expect(JSON.parse((await run('tail', 'gone', '--json')).out)).toEqual({ type: 'lost', key: 'gone.4' });
  });

  it('ends when it is asked to', async () => {
    const { running, folder } = await aFullWorld();
    let out = '';
    const asked = new AbortController();
    const tail = runProgram(['sessions', 'tail', running.record.key], {
      env: { MAITRED_STATE_DIR: folder.dir },
      stdout: {
        write: (text) => {
          out += text;
        },
      },
      whenAskedToEnd: () => new Promise((resolve) => asked.signal.addEventListener('abort', () => resolve())),
    });
    await expect.poll(() => out).toContain('Write');
    asked.abort();
    expect(await tail).toMatchObject({ err: '', exits: [0] });
  });
});
