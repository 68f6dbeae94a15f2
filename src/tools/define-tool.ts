import type * as z from 'zod';
import type { Need } from '../domain/startup-task.ts';

/** What a call gets beside its arguments and services. */
export interface CallScope {
  /** Aborted when the client cancels or the server leaves. */
  readonly signal: AbortSignal;
  /** Says how far the call is, in a short sentence; nothing happens where nobody has asked. */
  report(message: string): void;
}

export interface Tool<Services, Input extends z.ZodObject = z.ZodObject, Output = unknown> {
  /** snake_case, as on the wire. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** `kitchen`: shown once the kitchen is open; `headless`: shown in headless sessions, and may be called there; others can be named in `subsets.disabled`. */
  readonly tags: readonly string[];
  /** The startup tasks that must be done before the handler runs. */
  readonly needs: readonly Need[];
  /** What a call changes; becomes the annotations on the wire. */
  readonly effect: 'reads' | 'changes' | 'destroys';
  readonly input: Input;
  /** Types the handler and the docs; not sent to clients. */
  readonly output: z.ZodType<Output>;
  handler(args: z.output<Input>, services: Services, scope: CallScope): Promise<Output> | Output;
}

/** Fixes the slice of services that the tools of one family use. */
export const toolFamily =
  <Services>() =>
  <Input extends z.ZodObject, Output>(tool: Tool<Services, Input, Output>): Tool<Services, Input, Output> =>
    tool;
