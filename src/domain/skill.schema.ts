import * as z from 'zod';
import type { SkillContract, SkillOutput } from './agent-session/skill-contract.ts';
import { outputPattern } from './skill-output-pattern.ts';

/* The message of every check completes a sentence that begins with "expected". */

const outputTypes = [
  'text',
  'number',
  'boolean',
  'choice',
  'url',
  'file_path',
  'file_path_list',
  'directory_path',
] as const satisfies readonly SkillOutput['type'][];

/** Made when a skill is first read: to make them takes longer than to load all else of a server that runs none. */
let made: ReturnType<typeof makeSchemas> | null = null;
const schemas = () => {
  made ??= makeSchemas();
  return made;
};

function makeSchemas() {
  const trueOrFalse = z.boolean('true or false');
  const text = (expected: string) => z.string(expected).trim().min(1, expected);
  const listOf = (expected: string) => z.array(text(expected), expected).default([]);

  const identifier = 'a name of small letters, digits and _, such as plan_path';
  const longestPattern = 500;
  const pattern = `a regular expression of at most ${longestPattern} characters`;
  const regularExpression = z
    .string(pattern)
    .min(1, pattern)
    .max(longestPattern, pattern)
    .refine(isRegularExpression, pattern);
  const names = 'a list of names, such as [audit, make-plan]';

  /** Of clients, which write them as a list or with commas. */
  const nameList = z
    .union([z.null(), z.string().transform((list) => list.split(',')), z.array(text(names), names)], names)
    .transform((list) => (list ?? []).map((name) => name.trim()).filter((name) => name !== ''))
    .default([]);

  const named = {
    name: z.string(identifier).regex(/^[a-z][a-z0-9_]*$/, identifier),
    description: text('a sentence').optional(),
  };

  const input = z.strictObject(
    { ...named, required: trueOrFalse.default(true) },
    'a mapping with name and description',
  );

  const output = z
    .strictObject(
      {
        ...named,
        type: z.enum(outputTypes, `one of ${outputTypes.join(', ')}`),
        values: z.array(text('a list of values'), 'a list of values').min(1, 'at least one value').optional(),
        required: trueOrFalse.default(true),
        pattern: regularExpression.optional(),
        examples: listOf('a list of lines, such as "plan_path = /work/plan.md"'),
      },
      'a mapping with name and type',
    )
    .refine(({ type, values }) => (type === 'choice') === (values !== undefined), {
      path: ['values'],
      message: 'a list of values for the type choice, and none for other types',
    });

  /** Each of a stranger's patterns can cost a moment. */
  const mostOutputs = 30;
  const mostConditions = 10;

  const contract = z
    .strictObject(
      {
        tools: listOf('a list of tools, such as [Bash, Read]'),
        dependencies: listOf(names),
        inputs: z.array(input, 'a list of inputs').default([]),
        outputs: z.array(output, 'a list of outputs').max(mostOutputs, `at most ${mostOutputs} outputs`).default([]),
        writes: z.enum(['always', 'never', 'conditional'], 'always, never or conditional').optional(),
        writes_when: z
          .array(regularExpression, 'a list of regular expressions')
          .max(mostConditions, `at most ${mostConditions} regular expressions`)
          .default([]),
        makes_worktree: trueOrFalse.default(false),
      },
      'a mapping',
    )
    .refine(({ writes, writes_when }) => (writes === 'conditional') === writes_when.length > 0, {
      path: ['writes_when'],
      message: 'regular expressions where writes is conditional, and none elsewhere',
    });

  /** The frontmatter of a SKILL.md. Keys of clients, such as `hooks` and `allowed-tools`, are kept; `maitred` has only its own. */
  const frontmatter = z.looseObject(
    {
      name: z.string('the name of the skill').optional(),
      description: z.string('a sentence that says what it does and when to use it').optional(),
      categories: nameList,
      activate_deps: nameList,
      'disable-model-invocation': z.union([z.null(), trueOrFalse], 'true or false').optional(),
      maitred: z.nullable(contract).optional(),
    },
    'keys with values, such as name and description',
  );

  return { frontmatter, contract, input, output };
}

export type SkillFrontmatter = z.output<ReturnType<typeof makeSchemas>['frontmatter']>;
type ContractBlock = z.output<ReturnType<typeof makeSchemas>['contract']>;

/** A problem in a frontmatter. */
export type FrontmatterIssue = { readonly path: readonly PropertyKey[] } & (
  | {
      /** Completes a sentence that begins with "expected". */
      readonly expected: string;
    }
  | {
      /** A key that is not one. It is not part of the path. */
      readonly unknownKey: string;
      readonly knownKeys: readonly string[];
    }
);

/** Validates a frontmatter, as plain data. */
export function validateFrontmatter(
  value: unknown,
): { readonly frontmatter: SkillFrontmatter } | { readonly issues: readonly FrontmatterIssue[] } {
  const { frontmatter, contract, input, output } = schemas();
  const parsed = frontmatter.safeParse(value);
  if (parsed.success) return { frontmatter: parsed.data };
  const issues = parsed.error.issues.flatMap((issue): readonly FrontmatterIssue[] => {
    const { path } = issue;
    if (issue.code !== 'unrecognized_keys') return [{ path, expected: issue.message }];
    const knownKeys = Object.keys((path[1] === 'inputs' ? input : path[1] === 'outputs' ? output : contract).shape);
    return issue.keys.map((unknownKey) => ({ path, unknownKey, knownKeys }));
  });
  // An unknown key often explains why another is missing.
  return { issues: issues.toSorted((one, other) => Number('unknownKey' in other) - Number('unknownKey' in one)) };
}

export function skillContractOf({ outputs, writes, writes_when, tools, makes_worktree }: ContractBlock): SkillContract {
  return {
    outputs: outputs.map(({ name, type, values, required, pattern }) => ({
      name,
      type,
      ...(values === undefined ? {} : { values }),
      isRequired: required,
      pattern: pattern ?? outputPattern({ name, type, ...(values === undefined ? {} : { values }) }),
    })),
    writes: writes ?? 'unknown',
    writesWhen: writes_when,
    neededTools: tools,
    makesWorktree: makes_worktree,
  };
}

function isRegularExpression(source: string): boolean {
  try {
    return new RegExp(source, 'm') !== null;
  } catch {
    return false;
  }
}
