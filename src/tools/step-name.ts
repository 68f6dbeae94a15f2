import * as z from 'zod';

/** The argument that makes a call count in `get_timing_summary`. */
export const stepName = z
  .string()
  .default('')
  .describe('Name of the recipe step; get_timing_summary reports the running time under it.');
