import { statSync } from 'node:fs';
import { encodeJson } from '../domain/encode-json.ts';
import { readKitchenMarker, removeStaleKitchenMarkers } from './kitchen-markers.ts';
import { type ClientEvent, runHook } from './run-hook.ts';

/* Removes stale markers, and reminds a resumed session that its server is new and the kitchen closed. */

void runHook(({ event, isHeadless, stateFolder }) => {
  removeStaleKitchenMarkers(stateFolder.kitchenDir);
  if (isHeadless || !isResumed(event)) return null;
  const marker = readKitchenMarker(stateFolder.kitchenDir, event.sessionId);
  if (marker === null) return null;
  const recipe = marker.recipe_name === null ? '' : ` for the recipe ${encodeJson(marker.recipe_name)}`;
  return {
    remind: `This session opened maitred's kitchen${recipe} at ${marker.opened_at}. The kitchen may have closed since then: call open_kitchen again before you call another maitred tool.`,
  };
});

function isResumed({ source, transcriptPath }: ClientEvent): boolean {
  return source === 'resume' || source === 'compact' || (transcriptPath !== null && hasContent(transcriptPath));
}

function hasContent(path: string): boolean {
  try {
    return statSync(path).size > 0;
  } catch {
    return false;
  }
}
