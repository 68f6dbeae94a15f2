import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { AppError, type Fault } from '../../src/domain/app-error.ts';
import { type LogRecord, logThrough } from '../../src/domain/log-record.ts';
import { createRedactor } from '../../src/domain/redact.ts';
import type { CallObserver } from '../../src/domain/scenario/scenario.ts';
import { toolErrorOf } from '../../src/domain/tool-result.ts';
import { createResponseLog } from '../../src/services/state/response-log.ts';
import { createTimingLog } from '../../src/services/state/timing-log.ts';
import { callTool, type ToolCall } from '../../src/tools/call-tool.ts';
import { defineTool } from '../../src/tools/define-tool.ts';
import type { AnyTool } from '../../src/tools/index.ts';
import type { ToolServices } from '../../src/tools/tool-services.ts';
import { aScope, aStatus } from '../doubles/tool-calls.ts';

const brew = (handler: (args: { cups: number }) => unknown): AnyTool =>
  defineTool({
    name: 'brew',
    title: 'Brew',
    description: 'Brews.',
    category: 'Execution',
    tags: [],
    needs: [],
    effect: 'changes',
    openWorld: false,
    input: z.object({ cups: z.number(), step_name: z.string().default(''), limit: z.number().optional() }),
    output: () => z.unknown(),
    handler: (args) => handler(args),
  }) as unknown as AnyTool;

/** Calls a tool, and gives what came of it and what was logged. */
async function call(tool: AnyTool, args: unknown, change: Partial<ToolCall> = {}) {
  const logged: LogRecord[] = [];
  const timing = createTimingLog();
  const responses = createResponseLog();
  const services = {
    redact: createRedactor(['a-secret']),
    status: aStatus({ logFile: '/state/server.log' }),
    timing,
    responses,
  } as unknown as ToolServices;
  const log = logThrough(
    (record) => logged.push(record),
    {},
    () => 'DEBUG',
  );
  const tools = new Map([[tool.name, tool]]);
  const observed: unknown[] = [];
  const observer: CallObserver = {
    begin(begun) {
      observed.push(begun);
      return (how) => void observed.push(how);
    },
  };
  const outcome = await callTool(
    { name: tool.name, args, scope: aScope(), logFields: { call_id: 7 }, ...change },
    { tools, services, log, observer },
  );
  return {
    outcome,
    observed,
    logged: logged.map(({ level, event, fields }) => ({ level, event, ...fields })),
    timing,
    responses,
  };
}

describe('A tool that is called without a client', () => {
  it('gets valid arguments, and its output is the outcome', async () => {
    const { outcome, logged } = await call(
      brew(({ cups }) => ({ cups })),
      { cups: 2 },
    );
    expect(outcome).toEqual({
      output: { cups: 2 },
      result: { content: [{ type: 'text', text: '{"cups":2}' }], structuredContent: { cups: 2 } },
    });
    expect(logged).toEqual([
      { level: 'DEBUG', event: 'tool_called', call_id: 7, tool: 'brew', ms: expect.any(Number) },
    ]);
  });

  it('is not run with bad arguments, and the fault names each', async () => {
    let isRun = false;
    const { outcome } = await call(
      brew(() => (isRun = true)),
      { cups: 'two' },
      { admit: () => Promise.reject(new Error('not asked')) },
    );
    expect(outcome).toMatchObject({
      fault: { code: 'invalid_input', details: { arguments: [{ argument: 'cups', message: expect.any(String) }] } },
    });
    expect(isRun).toBe(false);
  });

  it('waits until it is admitted, and is not run when that fails', async () => {
    const seen: string[] = [];
    let open: () => void = () => undefined;
    const admitted = new Promise<void>((resolve) => {
      open = resolve;
    });
    const running = call(
      brew(() => seen.push('run')),
      { cups: 1 },
      { admit: () => admitted },
    );
    await new Promise((resolve) => setImmediate(resolve));
    expect(seen).toEqual([]);
    open();
    await running;
    expect(seen).toEqual(['run']);
    const refused = new AppError('not_ready', 'still starting');
    const { outcome } = await call(
      brew(() => seen.push('run')),
      { cups: 1 },
      { admit: () => Promise.reject(refused) },
    );
    expect(outcome).toMatchObject({ fault: { code: 'not_ready', message: 'still starting' } });
    expect(seen).toEqual(['run']);
  });

  it('that does not exist is a fault with its name', async () => {
    const { outcome } = await call(
      brew(() => 'tea'),
      { cups: 1 },
      { name: 'brwe' },
    );
    expect(outcome).toMatchObject({ fault: { code: 'not_found', message: 'There is no tool brwe.' } });
  });

  it('is timed under its step from when it runs, also if it fails', async () => {
    const broken = brew(() => {
      throw new AppError('conflict', 'no cup');
    });
    const { timing } = await call(broken, { cups: 1, step_name: 'breakfast' });
    expect(timing.report('')).toMatchObject([{ stepName: 'breakfast', invocations: 1 }]);
  });

  it('is counted with the size of its answer, also of a failure, but not if there is no such tool', async () => {
    const answered = await call(
      brew(() => ({ tea: 'é' })),
      { cups: 1 },
    );
    expect(answered.responses.report()).toEqual([{ toolName: 'brew', responseBytes: 12, invocations: 1 }]);
    const failed = await call(
      brew(() => 'tea'),
      { cups: 'two' },
    );
    const { fault } = failed.outcome as { fault: Fault };
    const [text = { text: '' }] = toolErrorOf(fault).content;
    expect(failed.responses.report()).toMatchObject([{ responseBytes: Buffer.byteLength(text.text), invocations: 1 }]);
    const unknown = await call(
      brew(() => 'tea'),
      { cups: 1 },
      { name: 'brwe' },
    );
    expect(unknown.responses.report()).toEqual([]);
  });

  it('fails with a fault without secrets; only a defect names the log and is logged with its stack', async () => {
    const expected = await call(
      brew(() => {
        throw new AppError('conflict', 'a-secret is taken', { details: { by: 'a-secret' } });
      }),
      { cups: 1 },
    );
    expect(expected.outcome).toEqual({
      fault: { code: 'conflict', message: '[redacted] is taken', details: { by: '[redacted]' } },
    });
    expect(expected.logged).toMatchObject([{ level: 'WARNING', event: 'tool_failed', code: 'conflict' }]);
    const defect = await call(
      brew(() => {
        throw new TypeError('undefined is not a cup');
      }),
      { cups: 1 },
    );
    expect(defect.outcome).toMatchObject({ fault: { code: 'internal', details: { log_file: '/state/server.log' } } });
    expect(defect.logged).toMatchObject([{ level: 'ERROR', stack: expect.stringContaining('call-tool.test.ts') }]);
  });

  it.each([
    ['a BigInt', () => ({ cups: 2n })],
    [
      'a cycle',
      () => {
        const cup: { self?: unknown } = {};
        cup.self = cup;
        return cup;
      },
    ],
  ])('that returns %s, which is not JSON, fails as a defect with a line in the log', async (_, handler) => {
    const { outcome, logged } = await call(brew(handler), { cups: 1 });
    expect(outcome).toMatchObject({ fault: { code: 'internal', details: { log_file: '/state/server.log' } } });
    expect(logged).toMatchObject([{ level: 'ERROR', event: 'tool_failed', tool: 'brew' }]);
  });

  it('is a fault that says so, and how to ask for less, where its output is larger than an answer may be', async () => {
    const { outcome, logged } = await call(
      brew(() => ({ tea: 'x'.repeat(60_000) })),
      { cups: 1 },
    );
    expect(outcome).toMatchObject({
      fault: {
        code: 'internal',
        message: expect.stringMatching(/^brew has run, but its answer has 60010 bytes, .* smaller limit\.$/),
      },
    });
    expect(logged).toMatchObject([{ level: 'ERROR', event: 'tool_failed' }]);
  });

  it.each([
    ['a long text', { output: '"\n'.repeat(100_000) }, /^("\n)+"?\[… \d+ characters left out\]"?\n?("\n)+$/],
    ['many texts', { output: 'first', more: Array.from({ length: 90_000 }, () => 'text') }, undefined],
  ])('has a fault that is never larger than an answer may be, as with %s', async (_, details, output) => {
    const { outcome } = await call(
      brew(() => {
        throw new AppError('conflict', `no cup ${'and no tea '.repeat(10_000)}`, { details });
      }),
      { cups: 1 },
    );
    const { fault } = outcome as { fault: Fault };
    expect(fault.message).toMatch(/^no cup and no tea .*\[… \d+ characters left out\].*and no tea $/);
    if (output === undefined)
      expect(fault.details).toEqual({ left_out: expect.stringContaining('larger than an answer') });
    else expect(fault.details?.output).toMatch(output);
    expect(Buffer.byteLength(toolErrorOf(fault).content[0]?.text ?? '')).toBeLessThanOrEqual(10 * 1_024);
  });
});

describe('What observes the calls of a server', () => {
  const begun = (args: unknown) => ({ tool: 'brew', args, signal: expect.any(AbortSignal) });

  it('is informed of the arguments as they were given, of the signal of the call, and that it succeeded', async () => {
    const scope = aScope();
    const { observed } = await call(
      brew(() => ({})),
      { cups: 2 },
      { scope },
    );
    expect(observed).toEqual([{ ...begun({ cups: 2 }), signal: scope.signal }, 'succeeded']);
  });

  it('is informed of the code of a failure, also of an answer that cannot be given', async () => {
    const failed = brew(() => {
      throw new AppError('conflict', 'No.');
    });
    expect((await call(failed, { cups: 2 })).observed).toEqual([begun({ cups: 2 }), 'conflict']);
    const unwritable = brew(() => ({ amount: 1n }));
    expect((await call(unwritable, { cups: 2 })).observed).toEqual([begun({ cups: 2 }), 'internal']);
  });

  it('sees no call that is not run', async () => {
    expect(
      (
        await call(
          brew(() => ({})),
          { cups: 'two' },
        )
      ).observed,
    ).toEqual([]);
    const refused = { admit: () => Promise.reject(new AppError('unavailable', 'No.')) };
    expect(
      (
        await call(
          brew(() => ({})),
          { cups: 2 },
          refused,
        )
      ).observed,
    ).toEqual([]);
  });
});
