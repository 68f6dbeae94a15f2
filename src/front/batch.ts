import { isJsonObject } from '../domain/json-object.ts';
import { isRequestId, jsonRpcCode, type RequestId } from '../domain/json-rpc.ts';
import { type Answers, createAnswers } from './answers.ts';

/** The only protocol version with batches. */
const versionWithBatches = '2025-03-26';
/** Answers can be much longer than what they answer, and those of a batch are held until all are there. */
const mostMessages = 256;
/** A text of JavaScript has at most half a GiB. */
const mostHeldCharacters = 256 * 1_024 ** 2;

/** Messages that came as one array. The answers to its requests leave as one array too, when all are there. */
export interface Batch {
  readonly answers: Answers;
  /** One more request is pending. */
  hold(): void;
  /** It has been answered or never will be; or, once, the array has been read. */
  release(): void;
}

/** @param write takes the answers as JSON; not called when there are none */
export function createBatch(write: (json: string) => void): Batch {
  const answered: string[] = [];
  let characters = 0;
  let held = 1;
  const answers = createAnswers((json) => {
    characters += json.length;
    answered.push(json);
  });
  return {
    answers: {
      ...answers,
      pass(message, line) {
        if (characters + (line?.text.length ?? 0) <= mostHeldCharacters || !('id' in message))
          return answers.pass(message, line);
        const why = 'the answers of this batch are larger than 256 MiB together; send its requests one by one';
        return answers.error(message.id, jsonRpcCode.serverError, why);
      },
    },
    hold() {
      held++;
    },
    release() {
      held--;
      if (held === 0 && answered.length > 0) write(`[${answered.join()}]`);
    },
  };
}

/** Why a batch is not served; null: it is. @param version null: none has been agreed */
export function explainBadBatch({ length }: readonly unknown[], version: string | null): string | null {
  if (length === 0 || length > mostMessages) return `a batch has 1 to ${mostMessages} messages`;
  if (version === versionWithBatches) return null;
  return `batches are not part of protocol version ${version ?? '(none is agreed yet)'}; send one message a line`;
}

/** The ids of its requests, each once; undefined alone: there is none. */
export function idsOf(messages: readonly unknown[]): Iterable<RequestId | undefined> {
  const ids = new Set(messages.map((message) => (isJsonObject(message) && 'method' in message ? message.id : null)));
  const known = [...ids].filter(isRequestId);
  return known.length > 0 ? known : [undefined];
}
