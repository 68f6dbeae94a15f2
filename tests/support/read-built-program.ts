import { readFileSync } from 'node:fs';
import { inject } from 'vitest';
import type { BuiltProgram } from '../../scripts/build.mts';

/** What the build returned for the program that the tests run. */
export const readBuiltProgram = (): BuiltProgram =>
  JSON.parse(readFileSync(inject('builtFile'), 'utf8')) as BuiltProgram;
