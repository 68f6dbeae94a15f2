import type { Expression } from '../expression/syntax-tree.ts';
import type { RecipeInput } from './recipe.schema.ts';
import type { ValueTemplate } from './value-template.ts';

/** How a run ends where no step says so. No step can have such a name. */
export type EndName = '$done' | '$escalate' | '$cancelled' | '$interrupted' | '$budget_exhausted' | '$faulted';

/** A recipe as states and arms. Plain JSON: conditions and templates are parsed. */
export interface RecipeGraph {
  readonly name: string;
  readonly description: string | null;
  readonly inputs: readonly GraphInput[];
  /** The name of the first step. */
  readonly initial: string;
  /** In the order in which they are written. */
  readonly steps: readonly GraphStep[];
}

export interface GraphInput extends RecipeInput {
  readonly name: string;
}

/** `refused` is what this version does not execute; its arms are those that it will have. */
export type GraphStepKind = 'tool' | 'constant' | 'route' | 'confirm' | 'wait' | 'stop' | 'refused';

export interface GraphStep {
  readonly name: string;
  readonly kind: GraphStepKind;
  readonly description: string;
  /** Where it is in the recipe. */
  readonly path: readonly PropertyKey[];
  readonly tool: string | null;
  /** Why a run that comes here ends with a fault; null: it does not. */
  readonly refusal: string | null;
  /** The step is skipped unless this is true; null: never. */
  readonly skip: Expression | null;
  /** How often a run may enter the step. A limit that is not declared does not hold in a run with a budget of visits. */
  readonly visits: { readonly most: number; readonly isDeclared: boolean };
  readonly retries: number;
  /** What must be true after a success; otherwise it is a failure. */
  readonly expect: Expression | null;
  readonly captures: readonly GraphCapture[];
  /** The templates of the step by key: `with`, `constant`, `message`, `model`, `output`. */
  readonly templates: Readonly<Partial<Record<TemplateKey, ValueTemplate>>>;
  /** Other keys of the step, as they are written. */
  readonly settings: StepSettings;
  /** In the order in which they are tried. */
  readonly arms: readonly GraphArm[];
}

export const templateKeys = ['with', 'constant', 'message', 'model', 'output'] as const;
export type TemplateKey = (typeof templateKeys)[number];

export interface StepSettings {
  readonly githubToken: boolean | string | null;
  readonly isIdempotent: boolean;
  readonly staleThresholdSeconds: number | null;
  readonly idleOutputTimeoutSeconds: number | null;
  /** The JSON Schema of the result; null: any result. */
  readonly returns: Readonly<Record<string, unknown>> | null;
}

export interface GraphCapture {
  readonly name: string;
  /** Whether values are added to a list. */
  readonly isList: boolean;
  readonly value: ValueTemplate;
}

/**
 * What sends a run on. `no_route`: a success for which no condition is true. `exhausted`: there are no retries left. `exceeded`: there are no
 * visits left.
 */
export const armCauses = [
  'exceeded',
  'skipped',
  'refused',
  'context_limit',
  'retry',
  'exhausted',
  'failure',
  'success',
  'no_route',
] as const;
export type ArmCause = (typeof armCauses)[number];

export interface GraphArm {
  readonly cause: ArmCause;
  /** null: always. */
  readonly when: Expression | null;
  /** A step, or an end. */
  readonly to: string;
  /** For people: the condition as it is written, or the cause. */
  readonly label: string;
  /** Where its target is written; null: nowhere, it follows from the language. */
  readonly path: readonly PropertyKey[] | null;
}

const shownIfImplied: readonly ArmCause[] = ['skipped', 'failure', 'success', 'no_route'];

/** Whether an arm follows from the language, and from nothing that the recipe says, and is not the way on: pictures leave it out. */
export const isImplied = ({ path, cause }: GraphArm): boolean => path === null && !shownIfImplied.includes(cause);
