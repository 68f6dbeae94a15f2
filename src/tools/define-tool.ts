import type * as z from 'zod';
import type { StepSpending } from '../domain/recipe/run-spending.ts';
import type { Adoption } from '../domain/recipe-run/adoption.ts';
import type { Need } from '../domain/startup-task.ts';

/** What a call gets besides its arguments and services. */
export interface CallScope {
  /** Aborted when the client cancels the call or the server shuts down. A chart that is started with it is shown as the call's. */
  readonly signal: AbortSignal;
  /** Sends progress to the client, in a short sentence. Does nothing if the client asked for no progress. */
  report(message: string): void;
  /** Of a step of a recipe run; absent where a client calls. */
  readonly step?: StepScope | undefined;
}

/** What a call gets that is a step of a recipe run. */
export interface StepScope {
  /** The idempotency key: what keeps a record of what the call did keeps it with this, for `adopt`. */
  readonly key: string;
  /** Receives what the step has used so far; each call replaces the one before. */
  onSpending(spent: Omit<StepSpending, 'ms'>): void;
}

/** The groups in which `open_kitchen` and the docs show the tools. */
export type ToolCategory = 'Kitchen' | 'Execution' | 'Testing & Workspace' | 'Recipes' | 'Telemetry & Diagnostics';

export interface Tool<Services, Input extends z.ZodObject = z.ZodObject, Output = unknown> {
  /** snake_case, as on the wire. */
  readonly name: string;
  readonly title: string;
  /** For the model: what the tool does, when to use it, what to use instead, and a last line `Example: ` with arguments as JSON. */
  readonly description: string;
  readonly category: ToolCategory;
  /** `kitchen`: listed once the kitchen is open. `headless`: listed and callable in headless sessions. `subsets.disabled` can name any tag. */
  readonly tags: readonly string[];
  /** The start-up tasks that must be done before the handler runs. */
  readonly needs: readonly Need[];
  /** What a call changes; becomes the annotations on the wire. */
  readonly effect: 'reads' | 'changes' | 'destroys';
  /** Whether a call can reach beyond local files and databases: the network, or any program. Becomes an annotation on the wire. */
  readonly openWorld: boolean;
  /** Other arguments are refused. */
  readonly input: Input;
  /** Types the handler and the docs; not sent to clients. Called for the docs alone: building it would delay the first call. */
  readonly output: () => z.ZodType<Output>;
  handler(args: z.output<Input>, services: Services, scope: CallScope): Promise<Output> | Output;
  /**
   * Looks for what a call of a step did whose server was killed. Never starts anything. Without it, a tool that only reads is called again,
   * and of every other a person says what came of it.
   * @param key the idempotency key of that call
   */
  adopt?(args: z.output<Input>, services: Services, key: string): Promise<Adoption<Output>> | Adoption<Output>;
}

/** Infers a tool's types: the arguments from `input`, the result from `output`, the services from the handler's second parameter. */
export const defineTool = <Services, Input extends z.ZodObject, Output>(
  tool: Tool<Services, Input, Output>,
): Tool<Services, Input, Output> => tool;
