import * as z from 'zod';

/** The argument by which a call is timed; see `get_timing_summary`. */
export const stepName = z.string().default('').describe('The step of a recipe, under which the time is counted.');
