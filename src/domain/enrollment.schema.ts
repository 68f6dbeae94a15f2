import * as z from 'zod';
import { timestampSchema } from './failure-record.schema.ts';

/** A file that a running agent session keeps beside its trace, so that its crash can be recorded. Other keys are dropped. */
export const enrollmentSchema = z.object({
  schema_version: z.literal(2),
  pid: z.int().positive(),
  boot_id: z.string().min(1),
  starttime_ticks: z.int().nonnegative().describe('Clock ticks from boot to the start of the process.'),
  session_id: z.string(),
  enrolled_at: timestampSchema,
  kitchen_id: z.string(),
  order_id: z.string(),
  pid_namespace: z
    .string()
    .optional()
    .describe('Digits of the link `/proc/self/ns/pid` of the program; absent: the pid namespace of the reader.'),
  comm: z.string().describe('Name of the traced program; empty if it is not known yet.'),
});

export type Enrollment = Readonly<z.infer<typeof enrollmentSchema>>;
