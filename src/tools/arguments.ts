import * as z from 'zod';

/** The argument that makes a call count in `get_timing_summary`. */
export const stepName = z
  .string()
  .default('')
  .describe('Name of the recipe step; get_timing_summary reports the running time under it.');

/** Which of several orders a call belongs to. */
export const orderId = z
  .string()
  .max(200)
  .default('')
  .describe('Identifies the order that the call works on; reports can be of one order.');

/** A text that is passed to another program. */
export const textWithoutNul = z
  .string()
  .min(1)
  .refine((text) => !text.includes('\0'), 'must not contain a NUL character');

/** A name that may be left out. Models also write an empty string or "null" for none. */
export const optionalName = z
  .string()
  .nullable()
  .default(null)
  .transform((name) => (name === '' || name === 'null' ? null : name));
