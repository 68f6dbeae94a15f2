import * as z from 'zod';
import { nearestName } from '../nearest-name.ts';
import { type Finding, mostFindings, pathText, quoted, stepOf, valueAt } from './finding.ts';
import { mapping } from './mapping.schema.ts';
import { makeResultSchema, type ResultSchema } from './result-schema.schema.ts';

/* The message of every check completes a sentence that begins with "expected". */

const inputTypes = ['text', 'number', 'boolean', 'choice', 'issue', 'path'] as const;

/** Made when a recipe is first read: other commands do not need it. */
let made: ReturnType<typeof makeSchemas> | null = null;
const schemas = () => {
  made ??= makeSchemas();
  return made;
};

function makeSchemas() {
  const text = z.string('a text');
  const name = z.string('a name').min(1, 'a name');
  const yesOrNo = z.boolean('true or false');
  const names = z.array(name, 'a list of names');
  const target = z.string('the name of a step').min(1, 'the name of a step');
  const anything = z.unknown();
  const returns = makeResultSchema();
  const mappingOf = <Value extends z.ZodType>(value: Value, expected: string) => z.record(z.string(), value, expected);
  const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()], 'a text, a number, true or false');
  const wholeNumber = (least: number) => {
    const expected = `a whole number of at least ${least}`;
    return z.int(expected).min(least, expected);
  };

  const input = mapping(
    {
      type: z
        .enum(inputTypes, `one of ${inputTypes.join(', ')}`)
        .optional()
        .describe('What a value must be. Without a type, any text.'),
      description: text.optional().describe('Prose, for the person who orders the recipe.'),
      required: yesOrNo.optional().describe('Whether a run needs a value.'),
      default: scalar.optional().describe('The value without one. An empty text: to be found out by the recipe.'),
      choices: z
        .array(name, 'a list of texts')
        .min(1, 'at least one text')
        .optional()
        .describe('The values of the type choice.'),
      hidden: yesOrNo.optional().describe('Whether people are not asked for it.'),
    },
    'a mapping with keys such as type and default',
  );

  const arm = mapping(
    {
      when: z
        .union([z.string(), z.boolean()], 'a condition, such as result.verdict == GO')
        .optional()
        .describe('A condition. Without it, or with true: in all other cases.'),
      route: target.describe('The next step.'),
    },
    'a mapping with when and route',
  );
  const onResult = z.union(
    [
      z.array(arm, 'a list').min(1, 'at least one route'),
      mapping(
        {
          field: name.describe('A key of the result.'),
          routes: mappingOf(target, 'a mapping of values to steps')
            .refine((routes) => Object.keys(routes).length > 0, 'at least one route')
            .describe('The next step for each value.'),
        },
        'a mapping',
      ),
    ],
    'a list of routes (when, route), or a mapping with field and routes',
  );
  const captures = mappingOf(scalar, `a mapping of names to templates, such as plan: "\${{ result.plan_path }}"`);

  const step = mapping(
    {
      tool: name.optional().describe('The tool that the step calls.'),
      action: z
        .enum(['route', 'stop', 'confirm', 'wait'], 'route, stop, confirm or wait')
        .optional()
        .describe('route: choose the next step. stop: end the run. confirm: wait for a person. wait: wait.'),
      python: name.optional().describe('A Python function that the step calls: package.module.function.'),
      constant: anything.optional().describe('The result of the step, which calls nothing.'),
      sub_recipe: name.optional().describe('A recipe whose steps take the place of this one.'),
      call: anything.optional().describe('A recipe that runs as one step.'),
      for_each: anything.optional().describe('Steps that run once for each item of a list.'),
      parallel: anything.optional().describe('Steps that run at the same time.'),
      name: name.optional().describe('The key of the step again.'),
      gate: name.optional().describe('For sub_recipe: the input that says whether its steps run.'),
      with: mappingOf(anything, 'a mapping of arguments').optional().describe('Arguments. Texts are templates.'),
      on_success: target.optional().describe('The next step after a success.'),
      on_failure: target.optional().describe('The next step after a failure.'),
      on_context_limit: target.optional().describe('The next step after a session that ran out of context.'),
      on_result: onResult.optional().describe('The next step by the result; the first route whose condition is true.'),
      retries: wholeNumber(0).optional().describe('How often the step runs again where its result asks for that.'),
      on_exhausted: target.optional().describe('The next step after the last retry.'),
      max_visits: wholeNumber(1).optional().describe('How often a run may enter the step.'),
      on_exceeded: target.optional().describe('The next step instead of one visit more.'),
      skip_when_false: name.optional().describe('inputs.NAME: the step is skipped where this input is false.'),
      optional: yesOrNo.optional().describe('Whether the step can be skipped; then skip_when_false says when.'),
      capture: captures.optional().describe('Names for values of the result; later steps have them as context.NAME.'),
      capture_list: captures.optional().describe('The same, added to a list.'),
      optional_context_refs: names.optional().describe('Names in context that the step may use before their capture.'),
      expect: z
        .union([z.string(), z.boolean()], 'a condition')
        .optional()
        .describe('A condition that must be true after a success.'),
      returns: returns.optional().describe('The JSON Schema of the result.'),
      output: mappingOf(anything, 'a mapping').optional().describe('For stop: what the run results in.'),
      message: text.optional().describe('For stop and confirm: what the person is told. A template.'),
      model: text.optional().describe('The model of the session. A template.'),
      stale_threshold: wholeNumber(1).optional().describe('Seconds without progress after which a session is ended.'),
      idle_output_timeout: wholeNumber(0)
        .optional()
        .describe('Seconds without output after which a session is ended; 0: never.'),
      github_token: z
        .union([z.boolean(), z.string()], 'true or false')
        .optional()
        .describe('Whether the program of the step gets the GitHub token.'),
      idempotent: yesOrNo.optional().describe('Whether the command may run again after a crash.'),
      continue_on_failure: yesOrNo.optional().describe('Whether the run goes on after a failure.'),
      block: name.optional().describe('A name that the step shares with others.'),
      note: text.optional().describe('Prose; never read by the program.'),
      description: text.optional().describe('Prose; never read by the program.'),
    },
    'a mapping with keys such as tool and on_success',
  );

  const inputs = mappingOf(input.nullable(), 'a mapping of names to inputs');
  const recipe = mapping(
    {
      name: name.optional().describe('The name by which the recipe is ordered.'),
      description: text.optional().describe('What the recipe does. Prose.'),
      summary: text.optional().describe('The steps in one line. Prose.'),
      inputs: inputs.optional().describe('What a run is started with.'),
      ingredients: inputs.optional().describe('Another word for inputs.'),
      steps: mappingOf(step, 'a mapping of names to steps').optional().describe('The first step begins.'),
      dispatches: z
        .array(mappingOf(anything, 'a mapping'), 'a list of runs')
        .optional()
        .describe('Of a campaign: the runs of other recipes.'),
      kitchen_rules: z
        .array(text, 'a list of texts')
        .optional()
        .describe('What a model that drives the recipe must and must not do.'),
      kind: name.optional().describe('What sort of recipe it is, such as campaign.'),
      categories: names.optional().describe('For lists of recipes.'),
      requires_packs: names.optional().describe('Packs of skills that the recipe needs.'),
      requires_recipe_packs: names.optional().describe('Packs of recipes that the recipe needs.'),
      requires_features: names.optional().describe('Features that the recipe needs.'),
      allowed_recipes: names.optional().describe('The recipes that a campaign may run.'),
      continue_on_failure: yesOrNo.optional().describe('Whether a campaign goes on after a run that failed.'),
      experimental: yesOrNo.optional().describe('Whether the recipe may change without notice.'),
      recipe_version: scalar.optional().describe('The version of the recipe.'),
      autoskillit_version: scalar.optional().describe('The version that the recipe was written for; not read.'),
      maitred_version: scalar.optional().describe('The version that the recipe was written for; not read.'),
    },
    'a mapping with name and steps',
  );
  return { recipe, input, step, returns };
}

type Schemas = ReturnType<typeof makeSchemas>;
/** A recipe as it is written, each value with the right type. Whether its parts fit together is what the rules say. */
export type RecipeFile = z.output<Schemas['recipe']>;
export type RecipeInput = z.output<Schemas['input']>;
export type RecipeStep = z.output<Schemas['step']>;

type Issue = z.core.$ZodIssue;

export interface ValidatedRecipe {
  /** Without the parts that have findings, so that everything else can be checked; null if nothing is left. */
  readonly file: RecipeFile | null;
  /** At most one more than `mostFindings`. */
  readonly findings: readonly Finding[];
}

/** Validates a recipe, as plain data. */
export function validateRecipe(data: unknown): ValidatedRecipe {
  const { recipe } = schemas();
  const whole = recipe.safeParse(data);
  if (whole.success) return { file: whole.data, findings: [] };
  const issues = whole.error.issues.flatMap((issue) => innerIssues(issue, []));
  const paths = issues.map(({ path }) => path);
  return {
    file: recipe.safeParse(without(data, paths)).data ?? null,
    findings: issues.slice(0, mostFindings + 1).map((issue) => findingOf(issue, data)),
  };
}

/** A JSON Schema in `returns`; null if it cannot be read. */
export const readResultSchema = (data: unknown): ResultSchema | null => schemas().returns.safeParse(data).data ?? null;

/** For editors (draft 7, which most of them support). Every valid recipe matches it; some invalid ones match it too. */
export const recipeJsonSchema = (): object => ({
  ...z.toJSONSchema(schemas().recipe, { io: 'input', target: 'draft-7' }),
  title: 'A recipe of maitred',
  required: ['name'],
  anyOf: [{ required: ['steps'] }, { required: ['dispatches'] }],
});

interface SchemaIssue {
  readonly path: readonly PropertyKey[];
  readonly isUnknownKey: boolean;
  /** The known keys, or what was expected. */
  readonly message: string;
}

/** Of a union, the issues of the alternative whose kind of value was written. */
function innerIssues(issue: Issue, parent: readonly PropertyKey[]): readonly SchemaIssue[] {
  const path = [...parent, ...issue.path];
  const { message } = issue;
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({ path: [...path, key], isUnknownKey: true, message }));
  const meant = issue.code === 'invalid_union' ? issue.errors.find((issues) => !issues.some(isOtherKind)) : undefined;
  if (meant !== undefined) return meant.flatMap((inner) => innerIssues(inner, path));
  return [{ path, isUnknownKey: false, message }];
}

const isOtherKind = ({ code, path }: Issue) => code === 'invalid_type' && path.length === 0;

/** A copy without what is at the paths. A list stays whole or is left out, so that places in it stay the same. */
function without(data: unknown, paths: readonly (readonly PropertyKey[])[]): unknown {
  if (paths.length === 0) return data;
  if (typeof data !== 'object' || data === null || paths.some(({ length }) => length === 0)) return undefined;
  const below = new Map<PropertyKey, (readonly PropertyKey[])[]>();
  for (const [first = '', ...rest] of paths) below.set(first, [...(below.get(first) ?? []), rest]);
  if (Array.isArray(data)) {
    const left = data.map((each, index) => without(each, below.get(index) ?? []));
    return left.includes(undefined) ? undefined : left;
  }
  const entries = Object.entries(data).map(([key, value]) => [key, without(value, below.get(key) ?? [])]);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

function findingOf({ path, isUnknownKey, message }: SchemaIssue, data: unknown): Finding {
  const step = stepOf(path);
  if (!isUnknownKey) {
    const found = valueAt(data, path);
    const state = found === undefined ? 'is missing' : `is ${describe(found)}`;
    const at = { path, isKey: false };
    return {
      rule: isInReturns(path) ? 'unreadable-returns' : 'invalid-value',
      severity: 'error',
      step,
      message: `${pathText(path)} ${state}`,
      fix: `expected ${message}`,
      at,
    };
  }
  const key = String(path.at(-1));
  const known = message.split(' ');
  const near = movedKeys[key] ?? nearestName(key, known);
  return {
    rule: isInReturns(path) ? 'unreadable-returns' : 'unknown-key',
    severity: 'error',
    step,
    message: `unknown key ${quoted(key)} in ${pathText(path.slice(0, -1))}`,
    fix: near === undefined ? `expected one of ${known.join(', ')}` : `did you mean ${near}?`,
    at: { path, isKey: true },
  };
}

/** A JSON Schema has keys of its own. */
const isInReturns = ([, , key]: readonly PropertyKey[]) => key === 'returns';

/** Keys of old recipes, and what has taken their place. */
const movedKeys: Readonly<Record<string, string>> = { retry: 'retries, with on_exhausted' };

function describe(value: unknown): string {
  if (typeof value === 'string') return value === '' ? 'empty' : quoted(value);
  if (value === null) return 'empty';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'a mapping' : String(value);
}
