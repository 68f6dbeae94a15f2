import { PassThrough } from 'node:stream';
import type { Fault } from '../../src/domain/app-error.ts';
import { logThrough } from '../../src/domain/log-record.ts';
import { createBuildTimeAnswers } from '../../src/front/build-time-answers.ts';
import { createFront } from '../../src/front/front.ts';
import { type MethodWithChecks, methodsWithChecks } from '../../src/front/params.ts';

interface FrontOnStreams {
  /** What the start-up task of every call is doing. */
  readonly taskStatus: 'done' | 'running';
  readonly tools?: Parameters<typeof createBuildTimeAnswers>[0]['tools'];
  readonly isListed?: () => boolean;
  readonly checkedMethods?: readonly MethodWithChecks[];
  readonly maxInFlight: number;
  readonly fault: Fault | null;
  readonly onBackendNeeded?: () => void;
}

/** An open front on two streams in memory, whose backend the test connects. */
export function frontOnStreams({
  taskStatus,
  tools = [],
  isListed = () => true,
  checkedMethods = methodsWithChecks,
  maxInFlight,
  fault,
  onBackendNeeded = () => undefined,
}: FrontOnStreams) {
  const stdin = new PassThrough();
  const stdout = new PassThrough();
  let lastNumber = 0;
  const front = createFront({
    stdin,
    stdout,
    write: stdout.write.bind(stdout),
    answers: createBuildTimeAnswers(
      {
        protocolVersions: ['2025-06-18', '2025-03-26'],
        initializeHead: '{"protocolVersion":',
        initializeTail: ',"capabilities":{}}',
        tools,
      },
      isListed,
    ),
    checkedMethods,
    backendDelayMs: 1_000,
    progressPerSecond: 1,
    mayRunAgain: () => false,
    maxMessageBytes: 1_000_000,
    backendNeeds: ['upstream'],
    log: logThrough(() => undefined),
    calls: {
      maxInFlight,
      maxWaiting: 10,
      waitMs: 60_000,
      waitLimitName: 'a.setting',
      hasSettings: true,
      task: () => ({
        status: taskStatus,
        description: '',
        startedAtMs: 0,
        cause: null,
        detail: null,
        output: () => '',
      }),
      retryTask: () => undefined,
      nextNumber: () => ++lastNumber,
      logFile: () => null,
      onEdge: () => undefined,
    },
    onInitialize: () => undefined,
    fault: () => fault,
    onBackendNeeded,
    onEnd: () => undefined,
  });
  front.open();
  return { front, stdin, stdout };
}

/** What was sent has been read, and what was answered has been written. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 4; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
