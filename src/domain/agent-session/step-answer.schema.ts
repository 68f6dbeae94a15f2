import * as z from 'zod';
import { skillAnswerSchema } from './skill-answer.schema.ts';

const count = z.number().nonnegative();

/** Reads what was kept of a session that a step asked for. */
export const stepAnswerSchema = z.object({
  answer: skillAnswerSchema().omit({ session_dir: true }),
  spent: z.object({ usd: count.nullable(), tokens: count, turns: count }),
});

export type StepAnswer = Readonly<z.infer<typeof stepAnswerSchema>>;
