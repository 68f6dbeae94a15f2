import type { Visibility } from './early-settings.ts';
import type { StartupTaskName } from './startup-task.ts';

/** Tags with a meaning of their own. `subsets.disabled` can name these and all others. */
const kitchenTag = 'kitchen';
const headlessTag = 'headless';

/** What decides, with the client, whether a tool is listed. */
export interface ToolTags {
  readonly tags: readonly string[];
}

/** What the front knows about a tool before the tool is loaded. */
export interface ToolMetadata extends ToolTags {
  readonly name: string;
  readonly needs: readonly StartupTaskName[];
}

/**
 * Clients that ignore notifications/tools/list_changed: they see no tool that is not in their first list.
 * Measured on 2026-11-22 with Codex CLI 0.169; measure again before adding or removing one.
 */
const clientsThatIgnoreListChanged: ReadonlySet<string> = new Set(['codex-mcp-client']);

export function resolveVisibility(visibility: Visibility, clientName: string | null): 'gated' | 'always' {
  if (visibility !== 'auto') return visibility;
  return clientName !== null && clientsThatIgnoreListChanged.has(clientName) ? 'always' : 'gated';
}

/** Whether the kitchen must be open for a call. A headless session cannot open it, so it may call the tools that it lists. */
export function needsOpenKitchen({ tags }: ToolTags, isHeadless: boolean): boolean {
  return tags.includes(kitchenTag) && !(isHeadless && tags.includes(headlessTag));
}

/** What decides which tools a client lists. */
export interface ListingView {
  readonly visibility: 'gated' | 'always';
  readonly isKitchenOpen: boolean;
  readonly isHeadless: boolean;
  readonly disabledSubsets: readonly string[];
}

/** Whether tools/list contains a tool. It always contains the tools that are not gated. */
export function isListed(tool: ToolTags, view: ListingView): boolean {
  if (!tool.tags.includes(kitchenTag)) return true;
  if (tool.tags.some((tag) => view.disabledSubsets.includes(tag))) return false;
  if (view.isHeadless) return tool.tags.includes(headlessTag);
  return view.visibility === 'always' || view.isKitchenOpen;
}
