import * as z from 'zod';

/** A mapping with no other keys than these. The message of an unknown key is the list of known ones. */
export const mapping = <Shape extends z.ZodRawShape>(shape: Shape, expected: string) =>
  z.strictObject(shape, {
    error: ({ code }) => (code === 'unrecognized_keys' ? Object.keys(shape).join(' ') : expected),
  });
