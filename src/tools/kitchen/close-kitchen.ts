import * as z from 'zod';
import { refuseHeadless } from '../refuse-headless.ts';
import { defineKitchenTool } from './family.ts';

export const closeKitchen = defineKitchenTool({
  name: 'close_kitchen',
  title: 'Close the kitchen',
  description: "Closes the kitchen: its tools leave this session's list.",
  tags: [],
  needs: [],
  effect: 'changes',
  input: z.object({}),
  output: z.string().describe('One sentence.'),
  handler(_, { gate, status }) {
    refuseHeadless(status, 'close_kitchen');
    gate.close();
    return 'The kitchen is closed.';
  },
});
