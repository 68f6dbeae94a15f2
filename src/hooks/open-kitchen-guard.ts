import { writeKitchenMarker } from './kitchen-markers.ts';
import { textFrom } from './read-event.ts';
import { runHook } from './run-hook.ts';

/* Keeps a headless session from the kitchen; of any other it notes that it opens the kitchen. */

void runHook(({ event, isHeadless, stateFolder }) => {
  if (isHeadless)
    return {
      deny: 'open_kitchen is not for headless sessions (MAITRED_HEADLESS=1): the kitchen belongs to the session that started this one. Do the work with your own tools.',
    };
  const { sessionId, toolInput } = event;
  const cause = writeKitchenMarker(stateFolder.kitchenDir, sessionId, textFrom(toolInput.name));
  return cause === null
    ? null
    : {
        warn: `maitred could not note that this session opens the kitchen: ${cause}. The kitchen opens all the same; when this session is resumed, call open_kitchen again.`,
      };
});
