import type { IncomingMessage, ServerResponse } from 'node:http';
import { answerHeaders } from './answer-headers.ts';

/** A request on its way to its answer. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

/** Gives a whole answer. To HEAD, Node leaves the body away. */
export function answer({ response }: Exchange, { status, headers = {}, body }: Answer): void {
  const sizeBytes = String(Buffer.byteLength(body));
  response.writeHead(status, { ...answerHeaders, ...headers, 'content-length': sizeBytes }).end(body);
}

/** Says in words why there is nothing else to see. */
export const sentence = (status: number, words: string, headers: Answer['headers'] = {}): Answer => ({
  status,
  headers: { 'content-type': 'text/plain; charset=utf-8', ...headers },
  body: `${words}\n`,
});
