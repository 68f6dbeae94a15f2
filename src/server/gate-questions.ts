import type { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { ElicitResultSchema } from '@modelcontextprotocol/sdk/types.js';
import { toFault } from '../domain/app-error.ts';
import type { Log } from '../domain/log-record.ts';
import { type GateAnswer, gateDecisions } from '../domain/recipe-run/journal-record.ts';
import type { LiveRun, OpenGate } from '../domain/recipe-run/live-run.ts';

export interface GateQuestions {
  /** Asks the client about a gate, after those before it. A client that declared no elicitation is not asked. */
  ask(run: LiveRun, gate: OpenGate): void;
}

export interface GateQuestionsOptions {
  readonly server: Pick<Server, 'getClientCapabilities' | 'getClientVersion' | 'ping' | 'request'>;
  readonly log: Log;
  /** Aborted when the server shuts down. */
  readonly signal: AbortSignal;
}

/** A person may be away for days. A later answer finds the gate by other means. */
const longestQuestionMs = 7 * 24 * 3_600_000;

/** No person reads a question and answers it in so short a time: some clients answer by themselves. */
const leastAnswerMs = 300;

/**
 * Asks the client about gates, one at a time. Only an explicit decision settles a gate; whatever else comes back leaves it open. An answer
 * does not prove that a person gave it: the journal says that it came this way.
 */
export function createGateQuestions({ server, log, signal }: GateQuestionsOptions): GateQuestions {
  let before: Promise<void> = Promise.resolve();
  let isFirst = true;
  const question = async (run: LiveRun, gate: OpenGate) => {
    const { runId } = run;
    const fields = { run: runId, step: gate.step, gate: gate.gate };
    const isOpen = () => run.progress.gate?.gate === gate.gate;
    if (!isOpen() || signal.aborted) return;
    const until = endOfQuestion(run, isOpen, signal);
    try {
      // Clients that use the SDK cannot cancel the request 0, so that is no question.
      if (isFirst) await server.ping();
      isFirst = false;
      const askedAtMs = performance.now();
      const { action, content } = await server.request(
        { method: 'elicitation/create', params: questionAbout(runId, gate) },
        ElicitResultSchema,
        // Without a listener, the client gets no token to report progress with.
        { timeout: longestQuestionMs, resetTimeoutOnProgress: true, onprogress: () => undefined, signal: until.signal },
      );
      const decision = gateDecisions[gate.asks].find((each) => each === content?.decision);
      if (action !== 'accept' || decision === undefined) return log.info('gate_left_open', { ...fields, action });
      if (performance.now() - askedAtMs < leastAnswerMs)
        return log.warning('gate_left_open', { ...fields, action, reason: 'answered too soon for a person' });
      const answer: GateAnswer = {
        gate: gate.gate,
        decision,
        who: server.getClientVersion()?.name ?? 'an MCP client',
        how: 'elicitation',
        answeredAt: new Date().toISOString(),
        shownHash: gate.shownHash,
      };
      await run.answer(answer);
    } catch (problem) {
      if (until.signal.aborted) log.debug('gate_question_ended', fields);
      else log.warning('gate_left_open', { ...fields, reason: toFault(problem).message });
    } finally {
      until.release();
    }
  };
  return {
    ask(run, gate) {
      if (server.getClientCapabilities()?.elicitation?.form === undefined) return;
      before = before.then(() => question(run, gate));
    },
  };
}

const questionAbout = (runId: string, { step, asks, shown }: OpenGate) => ({
  mode: 'form' as const,
  message: `The run ${runId} waits at the step ${step}.\n\n${shown}`,
  requestedSchema: {
    type: 'object' as const,
    properties: { decision: { type: 'string' as const, title: 'Decision', enum: [...gateDecisions[asks]] } },
    required: ['decision'],
  },
});

/** A signal that is aborted when the gate closes by other means, and with the one given. */
function endOfQuestion(run: LiveRun, isOpen: () => boolean, signal: AbortSignal) {
  const controller = new AbortController();
  const close = () => controller.abort('The gate is closed.');
  const end = () => controller.abort('The server shuts down.');
  const unsubscribe = run.subscribe({
    onProgress() {
      if (!isOpen()) close();
    },
  });
  void run.ended.then(close);
  signal.addEventListener('abort', end, { once: true });
  return {
    signal: controller.signal,
    release() {
      unsubscribe();
      signal.removeEventListener('abort', end);
    },
  };
}
