import type { Visibility } from './early-settings.ts';
import type { StartupTaskName } from './startup-task.ts';

/** Tags that the rules of visibility know; every other tag can be named in `subsets.disabled`. */
const kitchenTag = 'kitchen';
const headlessTag = 'headless';

/** What the door knows of a tool before the tool is loaded. */
export interface ToolSign {
  readonly name: string;
  readonly tags: readonly string[];
  readonly needs: readonly StartupTaskName[];
}

/**
 * Clients that ignore notifications/tools/list_changed: what they are not shown first they never see.
 * Measured on 2026-11-22 with Codex CLI 0.169; measure again before adding or removing one.
 */
const clientsThatIgnoreListChanged: ReadonlySet<string> = new Set(['codex-mcp-client']);

export function resolveVisibility(visibility: Visibility, clientName: string | null): 'gated' | 'always' {
  if (visibility !== 'auto') return visibility;
  return clientName !== null && clientsThatIgnoreListChanged.has(clientName) ? 'always' : 'gated';
}

/** Whether somebody must open the kitchen before a call. In a headless session nobody can: what it shows may be called. */
export function needsOpenKitchen({ tags }: Pick<ToolSign, 'tags'>, isHeadless: boolean): boolean {
  return tags.includes(kitchenTag) && !(isHeadless && tags.includes(headlessTag));
}

export interface Viewpoint {
  readonly visibility: 'gated' | 'always';
  readonly isKitchenOpen: boolean;
  readonly isHeadless: boolean;
  readonly disabledSubsets: readonly string[];
}

/** Whether tools/list shows a tool. Free tools are always shown, so a list is never empty. */
export function isListed(tool: ToolSign, view: Viewpoint): boolean {
  if (!tool.tags.includes(kitchenTag)) return true;
  if (tool.tags.some((tag) => view.disabledSubsets.includes(tag))) return false;
  if (view.isHeadless) return tool.tags.includes(headlessTag);
  return view.visibility === 'always' || view.isKitchenOpen;
}
