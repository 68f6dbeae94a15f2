import type { CallSpending } from '../recipe/run-spending.ts';

/**
 * What a call did whose server was killed. `done`: all of it. `again`: nothing, or nothing that is in the way of another call. `unknown`: it
 * cannot be known, so a person has to look. `spent` is what the call used; absent: nothing.
 */
export type Adoption<Output = unknown> =
  | { readonly state: 'done'; readonly output: Output; readonly spent?: CallSpending }
  | { readonly state: 'again'; readonly spent?: CallSpending }
  | { readonly state: 'unknown' };
