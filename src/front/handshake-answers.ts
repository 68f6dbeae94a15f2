import type { JsonObject } from '../domain/json-object.ts';

/** What the front answers by itself, from what is known of the server behind it. Results are JSON. */
export interface HandshakeAnswers {
  /**
   * @param instructions replace the server's own
   * @returns null while it is not known what the server answers: the request waits for it
   */
  initialize(
    params: JsonObject,
    instructions: string | undefined,
  ): { readonly version: string; readonly result: string } | null;
  /** The result of a request that lists something, or that is answered in the same way whoever answers it; null: the backend answers it. */
  list(method: string, params: JsonObject | undefined): string | null;
  /** The start-up tasks that must be done before a call of the tool runs. */
  needsOf(tool: string): readonly string[];
}
