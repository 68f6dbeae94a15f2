import { writeKitchenMarker } from './kitchen-markers.ts';
import { runHook, textFrom } from './run-hook.ts';

/* Denies the kitchen to a headless session. Records for any other session that it opens the kitchen. */

void runHook((input) => {
  if (input.isHeadless)
    return {
      deny: 'open_kitchen is not for headless sessions (MAITRED_HEADLESS=1): the kitchen belongs to the session that started this one. Do the work with your own tools.',
    };
  const { sessionId, toolInput } = input.event;
  const cause = writeKitchenMarker(input.stateFolder.kitchenDir, sessionId, textFrom(toolInput.name));
  return cause === null
    ? null
    : {
        warn: `maitred could not record that this session opens the kitchen: ${cause}. The kitchen opens anyway; after you resume this session, call open_kitchen again.`,
      };
});
