import { type AgentEvent, noTokens, type TokenUsage } from '../../domain/agent-session/agent-event.ts';
import { sumTokens } from '../../domain/agent-session/sum-tokens.ts';
import { toFault } from '../../domain/app-error.ts';
import type { JsonObject } from '../../domain/json-object.ts';
import type { ToolOutput } from './script-tools.ts';

/** What a scripted session reports. Each text and each call of a tool is an answer of the model. */
export interface ScriptReports {
  say(text: string): void;
  /** Reports the call and its output. A call that throws has failed; the session goes on. */
  call(name: string, input: JsonObject, act: () => Promise<ToolOutput> | ToolOutput): Promise<void>;
  /** The tokens of the answer before. */
  usage(usage: TokenUsage): void;
  /** With errors the session has failed. */
  result(subtype: string, text: string, errors?: readonly string[]): void;
  /** What was said last; empty: nothing. */
  readonly lastText: string;
}

const writers = ['Write', 'Edit', 'MultiEdit', 'NotebookEdit'];

/** @param idPrefix begins the ids of answers and calls, which no other process of the session has */
export function createScriptReports(
  emit: (event: AgentEvent) => void,
  { model, idPrefix }: { readonly model: string; readonly idPrefix: string },
): ScriptReports {
  const answers: TokenUsage[] = [];
  let lastText = '';
  const usage = (tokens: TokenUsage) => {
    const number = Math.max(answers.length, 1);
    answers[number - 1] = tokens;
    emit({ type: 'usage', messageId: `${idPrefix}_${number}`, model, usage: tokens });
  };
  const answer = (event: AgentEvent) => {
    emit(event);
    answers.push(noTokens);
    usage(noTokens);
  };
  return {
    say(text) {
      lastText = text;
      answer({ type: 'text', text });
    },
    async call(name, input, act) {
      const id = `${idPrefix}_call_${answers.length + 1}`;
      const path = writers.includes(name) ? input.file_path : null;
      answer({ type: 'toolCall', id, name, input, filePath: typeof path === 'string' ? path : null });
      const output = await Promise.resolve()
        .then(act)
        .catch((thrown: unknown) => ({ isError: true, text: toFault(thrown).message }));
      emit({ type: 'toolResult', callId: id, ...output });
    },
    usage,
    result(subtype, text, errors = []) {
      const total = sumTokens(answers);
      const isError = errors.length > 0;
      const counts = { turns: answers.length, costUsd: null, usage: total, usageByModel: { [model]: total } };
      emit({ type: 'result', result: { subtype, isError, text, errors, ...counts } });
    },
    get lastText() {
      return lastText;
    },
  };
}
