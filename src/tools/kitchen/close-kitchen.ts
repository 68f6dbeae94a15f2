import * as z from 'zod';
import { defineTool } from '../define-tool.ts';
import { refuseHeadless } from '../refuse-headless.ts';
import type { ToolServices } from '../tool-services.ts';

export const closeKitchen = defineTool({
  name: 'close_kitchen',
  title: 'Close the kitchen',
  description: `Closes the kitchen: hides the gated tools in this session and refuses new calls to them. Call it once, when the work of this session is done. Do not call it to stop something: running calls, background jobs and the server go on.
Example: {}`,
  category: 'Kitchen',
  tags: [],
  needs: [],
  effect: 'changes',
  openWorld: false,
  input: z.object({}),
  output: () => z.string().describe('One sentence.'),
  handler(_, { gate, status }: Pick<ToolServices, 'gate' | 'status'>) {
    refuseHeadless(status, 'close_kitchen');
    gate.close();
    return 'The kitchen is closed.';
  },
  // The gate was that of a server that is dead.
  adopt: () => ({ state: 'again' }),
});
