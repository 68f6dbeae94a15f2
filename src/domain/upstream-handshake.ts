import { canonicalJson } from './canonical-json.ts';
import type { JsonObject } from './json-object.ts';

/** The lists of an MCP server: of `tools/list`, `prompts/list`, `resources/list` and `resources/templates/list`. */
export type UpstreamList = 'tools' | 'prompts' | 'resources' | 'resourceTemplates';

export const upstreamLists: readonly UpstreamList[] = ['tools', 'prompts', 'resources', 'resourceTemplates'];

/** What a wrapped server answers before it is used: enough to answer a client in its place. */
export interface UpstreamHandshake {
  /** The result of `initialize`. */
  readonly initialize: JsonObject;
  /** Complete, of all pages. Absent: the server has no such list. */
  readonly lists: Readonly<Partial<Record<UpstreamList, readonly JsonObject[]>>>;
}

/** The lists that are not the same. The order of their items has no meaning, and a list without items is not an absent one. */
export function differences(before: UpstreamHandshake, after: UpstreamHandshake): UpstreamList[] {
  return upstreamLists.filter((name) => listText(before.lists[name]) !== listText(after.lists[name]));
}

/** Whether the results of `initialize` are not the same. */
export function initializeDiffers(before: UpstreamHandshake, after: UpstreamHandshake): boolean {
  return canonicalJson(before.initialize) !== canonicalJson(after.initialize);
}

const listText = (items: readonly JsonObject[] | undefined): string | undefined =>
  items?.map(canonicalJson).sort().join('\n');
