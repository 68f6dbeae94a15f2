import { isJsonObject, type JsonObject } from '../json-object.ts';
import { knownTools } from '../recipe/known-tools.ts';
import type { GraphStep } from '../recipe/recipe-graph.ts';
import type { StepTexts } from '../recipe/recipe-run.ts';

/** The arguments of the tool of a step: those that the tool knows, with those that the step has as keys of its own. */
export function stepArguments({ name, tool, settings }: GraphStep, { with: given, model }: StepTexts): JsonObject {
  const known = knownTools.get(tool ?? '') ?? [];
  const own = {
    step_name: name,
    model: model === undefined || model === null ? undefined : String(model),
    stale_threshold: settings.staleThresholdSeconds ?? undefined,
    idle_output_timeout: settings.idleOutputTimeoutSeconds ?? undefined,
  };
  const all = { ...own, ...(isJsonObject(given) ? given : {}) };
  return Object.fromEntries(Object.entries(all).filter(([key, value]) => value !== undefined && known.includes(key)));
}
