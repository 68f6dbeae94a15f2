import { statSync } from 'node:fs';
import { readKitchenMarker, removeStaleKitchenMarkers } from './kitchen-markers.ts';
import type { ClientEvent } from './read-event.ts';
import { runHook } from './run-hook.ts';

/* Tidies the markers, and tells a session that goes on what it cannot know: its server is a new one, whose kitchen is closed. */

void runHook(({ event, isHeadless, stateFolder }) => {
  removeStaleKitchenMarkers(stateFolder.kitchenDir);
  if (isHeadless || !isResumed(event)) return null;
  const marker = readKitchenMarker(stateFolder.kitchenDir, event.sessionId);
  if (marker === null) return null;
  const recipe = marker.recipe_name === null ? '' : ` for the recipe ${JSON.stringify(marker.recipe_name)}`;
  return {
    remind: `This session opened maitred's kitchen${recipe} at ${marker.opened_at}. The kitchen may be closed since: call open_kitchen again before you call another tool of maitred.`,
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
