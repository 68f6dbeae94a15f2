import { execFileSync } from 'node:child_process';
import { PassThrough } from 'node:stream';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { ProcessExit, ProcessOutcome } from '../../../src/domain/child-process.ts';
import { type AgentProcessOptions, startAgentProcess } from '../../../src/services/agents/agent-process.ts';
import type { ConnectedProcesses } from '../../../src/services/platform/process/child-processes.ts';
import { aProcessService } from '../platform/process/a-process-service.ts';
import { bearersOf } from '../platform/process/read-processes.ts';

const startedBy = new AbortController().signal;

/** Starts a shell script as an agent. */
function startScript(
  script: string,
  { stdin = null, onLine = () => undefined }: { readonly stdin?: string | null; onLine?(): void } = {},
) {
  const { processes, serverId, dir } = aProcessService();
  const lines: (string | number)[] = [];
  const started = startAgentProcess({
    processes,
    command: { file: '/bin/sh', args: ['-c', script], env: { AGENT: 'yes' }, stdin },
    cwd: dir,
    logDir: null,
    label: 'an agent',
    startedBy,
    onLine(line, sizeBytes) {
      if (line !== '') lines.push(line ?? sizeBytes);
      onLine();
    },
    onRead: () => undefined,
    redact: (text) => text.replaceAll('secret', '***'),
  });
  return { started, lines, left: () => bearersOf(serverId) };
}

const exited: ProcessExit = { code: 0, signal: null };

describe('The process of an agent', () => {
  it('is read line by line to its end, also an end without a newline; of a line over 8 MiB only the size is known', async () => {
    const { started, lines } = startScript(
      `echo one; head -c ${9 * 1_024 ** 2} /dev/zero | tr '\\0' x; echo; printf last`,
    );
    await started.started;
    expect(started.exit).toBeNull();
    expect(await started.over).toEqual({ exit: exited, survivors: [], fault: null });
    expect(lines).toEqual(['one', 9 * 1_024 ** 2, 'last']);
    expect(started.exit).toEqual(exited);
    const { ranMs } = started;
    expect(ranMs).toBeGreaterThan(0);
    expect(started.ranMs).toBe(ranMs);
  });

  it('has the given stdin and variables and no others; its stderr is kept without secrets', async () => {
    const { started, lines } = startScript('cat; echo "$AGENT $PATH_OF_SERVER"; echo a secret >&2', {
      stdin: 'asked\n',
    });
    await started.over;
    expect(lines).toEqual(['asked', 'yes ']);
    expect(started.stderrTail()).toBe('a ***\n');
  });

  it('lets others have their turn while it prints much', async () => {
    const inTurn: number[] = [0];
    const { started } = startScript("yes '' | head -c 2000000 > lines; cat lines", {
      onLine() {
        const lines = (inTurn.at(-1) ?? 0) + 1;
        inTurn[inTurn.length - 1] = lines;
        // So slow that there is always more to read.
        if (lines % 65_536 === 0) execFileSync('true');
      },
    });
    let isOver = false;
    const nextTurn = () => {
      inTurn.push(0);
      if (!isOver) setImmediate(nextTurn);
    };
    nextTurn();
    await started.over;
    isOver = true;
    expect(inTurn.reduce((most, lines) => Math.max(most, lines))).toBeLessThanOrEqual(3 * 65_536);
  });

  it('says when it has written and when it has exited', async () => {
    const { started } = startScript('echo one');
    const before = started.lastOutputAtMs;
    const seen: (number | null)[] = [];
    started.subscribe(() => seen.push(started.exit?.code ?? null));
    await started.over;
    expect(seen[0]).toBeNull();
    expect(seen.at(-1)).toBe(0);
    expect(started.lastOutputAtMs).toBeGreaterThan(before);
  });

  it.each(['before it runs', 'while it runs'])('is ended %s, with everything that it started', async (when) => {
    const { started, left } = startScript('setsid sleep 100 & sleep 100');
    if (when === 'while it runs') await started.started;
    started.end();
    const { fault } = await started.over;
    expect(fault).toBeNull();
    expect(left()).toEqual([]);
    started.end();
  });

  it('cannot be started where its program does not exist', async () => {
    const { processes, dir } = aProcessService();
    const started = startAgentProcess({
      processes,
      command: { file: '/no/such/agent', args: [], env: {}, stdin: null },
      cwd: dir,
      logDir: null,
      label: 'an agent',
      startedBy,
      onLine: () => undefined,
      onRead: () => undefined,
      redact: (text) => text,
    });
    await expect(started.started).rejects.toMatchObject({ code: 'not_found' });
    expect(await started.over).toMatchObject({ exit: { code: null, signal: null }, fault: { code: 'not_found' } });
    expect(started.pid).toBeNull();
  });
});

describe('An output that stays open when all processes are gone', () => {
  /** Its streams never end: a process that nobody has found holds them. */
  function startHeld(outcome: Promise<ProcessOutcome>) {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    onTestFinished(() => void vi.useRealTimers());
    const stdout = new PassThrough();
    const processes: ConnectedProcesses = {
      connect(_, { onPipes }) {
        onPipes({
          pid: 1_234,
          stdin: new PassThrough(),
          stdout,
          stderr: new PassThrough(),
          exited: outcome.then(({ exit }) => exit),
        });
        return outcome;
      },
    };
    const lines: (string | null)[] = [];
    const options: AgentProcessOptions = {
      processes,
      command: { file: 'agent', args: [], env: {}, stdin: null },
      cwd: '/',
      logDir: null,
      label: 'an agent',
      startedBy,
      onLine: (line) => lines.push(line),
      onRead: () => undefined,
      redact: (text) => text,
    };
    return { started: startAgentProcess(options), stdout, lines };
  }

  it('is read for two more seconds, and no longer', async () => {
    const { started, stdout, lines } = startHeld(
      Promise.resolve({ reason: 'exited', exit: exited, others: 0, survivors: [] }),
    );
    let isOver = false;
    void started.over.then(() => {
      isOver = true;
    });
    stdout.write('late\n');
    await vi.advanceTimersByTimeAsync(1_999);
    expect(isOver).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(isOver).toBe(true);
    expect(lines).toEqual(['late']);
    expect(stdout.destroyed).toBe(true);
  });

  it('does not hide which processes could not be ended', async () => {
    const { started } = startHeld(
      Promise.resolve({ reason: 'cancelled', exit: exited, others: 1, survivors: [4_242] }),
    );
    await vi.advanceTimersByTimeAsync(2_000);
    expect(await started.over).toEqual({ exit: exited, survivors: [4_242], fault: null });
  });
});
