import * as z from 'zod';

const tokens = z.int().min(0);

/** What a line of the session index says about the use of a settled session. Other keys are dropped. */
export const sessionUsageSchema = z.object({
  /** `<server id>.<number>` */
  key: z.string(),
  skill_command: z.string(),
  /** Empty for none. */
  step_name: z.string(),
  /** Empty for none. */
  order_id: z.string(),
  /** Without pauses. */
  elapsed_seconds: z.number().min(0),
  input_tokens: tokens,
  output_tokens: tokens,
  cache_creation_input_tokens: tokens,
  cache_read_input_tokens: tokens,
});

export type SessionUsage = Readonly<z.infer<typeof sessionUsageSchema>>;
