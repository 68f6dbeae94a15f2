import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type Running, startAndList } from './driver.mts';
import { type Figure, figure } from './figure.mts';
import { type Kit, place } from './kit.mts';
import { median, percentile } from './statistics.mts';

const sessions = 50;
const idleSessions = 20;
const watchedMs = 10_000;
const settleMs = 3_000;
/** For 50 programs to start on two cores. */
const startMs = 15_000;

const worker = join(import.meta.dirname, 'agents/worker.mjs');

/** Agent sessions: how soon an event is seen, and what watching and much output cost. */
export async function measureSessions(kit: Kit): Promise<Figure[]> {
  return [await measureEvents(kit), ...(await measureIdle(kit)), await measureFlood(kit)];
}

interface Started {
  readonly server: Running;
  readonly stateDir: string;
  /** Runs a session; settles when it has ended. */
  run(options?: { readonly progressToken?: number; readonly task?: string }): Promise<{ readonly success: boolean }>;
}

async function startServer(kit: Kit, name: string, worked: readonly string[]): Promise<Started> {
  const stateDir = join(kit.workDir, name, 'state');
  const command = JSON.stringify([process.execPath, worker, ...worked]);
  const settings = ['run_skill.agent=command', `run_skill.command=${command}`, `wire.max_in_flight=${sessions + 1}`];
  const at = place(kit, name, { args: ['--open-kitchen', ...settings.flatMap((one) => ['--set', one])], stateDir });
  const { server } = await startAndList(at);
  return {
    server,
    stateDir,
    async run({ progressToken, task = 'go' } = {}) {
      const meta = progressToken === undefined ? {} : { _meta: { progressToken } };
      const { line } = await server.ask('tools/call', {
        name: 'run_skill',
        arguments: { skill_command: `/smoke-task ${task}`, cwd: at.cwd },
        ...meta,
      });
      const { result } = JSON.parse(line) as { result: { content: [{ text: string }] } };
      return JSON.parse(result.content[0].text) as { success: boolean };
    },
  };
}

async function measureEvents(kit: Kit): Promise<Figure> {
  const { server, stateDir, run } = await startServer(kit, 'session-events', ['clock', String(Date.now() + startMs)]);
  const answers = await Promise.all(Array.from({ length: sessions }, () => run()));
  if (!answers.every(({ success }) => success)) throw new Error('a session has failed');
  await server.leave();
  const logs = join(stateDir, 'logs/sessions');
  const delays = readdirSync(logs).flatMap((name) =>
    readFileSync(join(logs, name, 'events.jsonl'), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { at: string; type: string; text?: string })
      .filter(({ type }) => type === 'text')
      .flatMap(({ at, text = '' }) => text.split('\n').map((line) => Date.parse(at) - Number(line))),
  );
  const p99 = percentile(delays, 0.99);
  const details = `${delays.length} records of ${sessions} sessions, p50 ${median(delays)} ms`;
  return figure(`record of a session → its event, p99, ${sessions} at once`, 'ms', [p99], { atMost: 50 }, details);
}

async function measureIdle(kit: Kit): Promise<Figure[]> {
  const { server, run } = await startServer(kit, 'idle-sessions', ['idle']);
  const shareOfACore = async () => {
    const [beganMs, cpuMs] = [performance.now(), server.cpuMs()];
    await wait(watchedMs);
    return (100 * (server.cpuMs() - cpuMs)) / (performance.now() - beganMs);
  };
  const measure = async () => {
    await wait(settleMs);
    return { share: await shareOfACore(), mib: server.residentKib() / 1_024 };
  };
  // The code of sessions is loaded and compiled.
  const all = [run({ progressToken: 0 })];
  await server.allProgress(1);
  const one = await measure();
  for (let at = 1; at <= idleSessions; at += 1) all.push(run({ progressToken: at }));
  await server.allProgress(idleSessions + 1);
  const many = await measure();
  const ended = Promise.allSettled(all);
  await server.leave();
  await ended;
  const share = (many.share - one.share) / idleSessions;
  const mib = (many.mib - one.mib) / idleSessions;
  const details = `${idleSessions} more`;
  return [
    figure('CPU of watching an idle session', '%', [share], { atMost: 0.2 }, `of a core; ${details}`),
    figure('   its memory', 'MiB', [mib], { atMost: 2 }, details),
  ];
}

async function measureFlood(kit: Kit): Promise<Figure> {
  const { server, run } = await startServer(kit, 'session-flood', ['flood']);
  // The code of sessions is loaded and compiled.
  await run({ task: 'warm up' });
  await wait(settleMs);
  const idleKib = server.residentKib();
  const { success } = await run();
  if (!success) throw new Error('the session has failed');
  const mib = (server.peakKib() - idleKib) / 1_024;
  await server.leave();
  return figure('peak memory of a session that prints 1 GiB, over idle', 'MiB', [mib], { atMost: 64 }, 'VmHWM');
}
