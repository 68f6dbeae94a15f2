import type { JsonObject } from './json-object.ts';

/** What a wrapped server offers in lists. */
export type UpstreamList = 'tools' | 'prompts' | 'resources' | 'resourceTemplates';

/** What a wrapped server says of itself to a client that connects. */
export interface UpstreamHandshake {
  /** The result of `initialize`. */
  readonly initialize: JsonObject;
  /** The complete lists that the server's capabilities declare. */
  readonly lists: Readonly<Partial<Record<UpstreamList, readonly JsonObject[]>>>;
}
