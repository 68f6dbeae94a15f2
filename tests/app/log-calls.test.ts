import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Host } from '../../src/app/host.ts';
import { logCalls } from '../../src/app/log-calls.ts';
import * as work from '../../src/app/work.ts';
import { createCallLog } from '../../src/front/call-log.ts';
import { tempFolder } from '../doubles/temp-folder.ts';

/** The call log of a host that was started with `--log-calls`; its first calls have had their turn when the test says so. */
function aHostWithCalls(callLogFile: string | null = 'calls.jsonl') {
  const dir = tempFolder();
  const sent: unknown[] = [];
  let loaded = 0;
  const host = {
    context: {
      nodeProcess: { env: {}, cwd: () => dir },
      secrets: new Set(),
      place: { callLogFile },
      files: {
        load: () => {
          loaded += 1;
          return work;
        },
      },
    },
    send: (event: unknown) => sent.push(event),
  } as unknown as Host;
  let calm: () => void = () => undefined;
  const whenQuiet = new Promise<void>((resolve) => {
    calm = resolve;
  });
  const callLog = createCallLog(() => null);
  let listeners = 0;
  const subscribe: typeof callLog.subscribe = (listener) => {
    const unsubscribe = callLog.subscribe(listener);
    listeners += 1;
    return () => {
      unsubscribe();
      listeners -= 1;
    };
  };
  const { flush } = logCalls(host, { ...callLog, subscribe }, whenQuiet);
  const path = `${dir}/${callLogFile}`;
  return {
    dir,
    path,
    sent,
    flush,
    calm,
    loaded: () => loaded,
    listeners: () => listeners,
    call(id: number) {
      callLog.begin({ id, number: id, tool: 'brew', arrivedAtMs: 0 }, 'tools/call', undefined, '{}');
      callLog.end(id, 'result', '{}');
    },
    ids: (): number[] =>
      readFileSync(path, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line).id),
  };
}

const upTo = (count: number) => Array.from({ length: count }, (_, id) => id);

describe('Calls that are written to a file', () => {
  it('are all there, with those that were answered before the writer was loaded', async () => {
    const { call, calm, ids, loaded } = aHostWithCalls();
    for (const id of upTo(1_000)) call(id);
    expect(loaded()).toBe(0);
    calm();
    await expect.poll(() => loaded()).toBe(1);
    expect(ids()).toEqual(upTo(1_000));
    call(1_000);
    call(1_001);
    expect(ids()).toEqual(upTo(1_000));
    await new Promise((resolve) => setImmediate(resolve));
    expect(ids()).toEqual(upTo(1_002));
  });

  it('are there after a flush, each once', async () => {
    const { call, calm, ids, flush } = aHostWithCalls();
    for (const id of [0, 1]) call(id);
    flush();
    expect(ids()).toEqual([0, 1]);
    calm();
    call(2);
    flush();
    flush();
    await new Promise((resolve) => setImmediate(resolve));
    expect(ids()).toEqual([0, 1, 2]);
  });

  it('degrade the host once, if the file cannot be written from the start', () => {
    const { call, flush, sent, dir, listeners } = aHostWithCalls('none/calls.jsonl');
    call(0);
    flush();
    expect(listeners()).toBe(0);
    call(1);
    flush();
    const cause = expect.stringContaining(`${dir}/none/calls.jsonl cannot be written (ENOENT)`);
    expect(sent).toEqual([{ type: 'DEGRADED', what: 'the call log', cause }]);
  });

  it('degrade the host once, if the file cannot be written any more', () => {
    const { call, flush, sent, path } = aHostWithCalls();
    flush();
    rmSync(path);
    mkdirSync(path);
    for (const id of [0, 1]) {
      call(id);
      flush();
    }
    expect(sent).toMatchObject([{ what: 'the call log', cause: expect.stringContaining('EISDIR') }]);
  });

  it('are none, and nothing is loaded, without a file', () => {
    const { call, flush, loaded } = aHostWithCalls(null);
    call(0);
    flush();
    expect(loaded()).toBe(0);
  });
});
