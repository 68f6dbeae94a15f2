import * as z from 'zod';
import { mostSeconds } from './duration-bounds.ts';

/* The message of every check completes a sentence that begins with "expected". */

const text = z.string('a text');
const notEmpty = z.string('a text that is not empty').min(1, 'a text that is not empty');
const yes = z.literal(true, 'true');
const someSeconds = `a number of seconds from 0 to ${mostSeconds}`;
const seconds = z.number(someSeconds).min(0, someSeconds).max(mostSeconds, someSeconds);
const someTokens = 'a whole number of tokens';
const tokens = z.int(someTokens).min(0, someTokens).default(0);
const share = 'a percentage from 0 to 100';

const mapping = <Shape extends z.ZodRawShape>(shape: Shape, expected: string) =>
  z.strictObject(shape, `${expected} (${Object.keys(shape).join(', ')})`);

const countOf = (value: Readonly<Record<string, unknown>>, keys: readonly string[]) =>
  keys.filter((key) => value[key] !== undefined).length;

const reports = ['result', 'error', 'max_turns', 'context_exhausted', 'silent'];
const exits = ['exit', 'signal', 'hang'];
const anEnd = `one of ${reports.join(', ')}, and one of ${exits.join(', ')}; either may be absent`;

const endSchema = mapping(
  {
    result: text.optional(),
    error: text.optional(),
    max_turns: yes.optional(),
    context_exhausted: yes.optional(),
    silent: yes.optional(),
    exit: z
      .int('an exit code from 0 to 255')
      .min(0, 'an exit code from 0 to 255')
      .max(255, 'an exit code from 0 to 255')
      .optional(),
    signal: z
      .enum(
        ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGKILL', 'SIGSEGV', 'SIGABRT'],
        'SIGTERM, SIGINT, SIGHUP, SIGKILL, SIGSEGV or SIGABRT',
      )
      .optional(),
    hang: yes.optional(),
  },
  'how the session ends',
).refine((end) => countOf(end, reports) <= 1 && countOf(end, exits) <= 1 && Object.keys(end).length > 0, anEnd);

const verbs = {
  say: text.optional(),
  write: mapping({ file: notEmpty, text }, 'a file to write').optional(),
  edit: mapping({ file: notEmpty, old: notEmpty, new: text }, 'a file to edit').optional(),
  run: notEmpty.optional(),
  tool: mapping(
    {
      name: notEmpty,
      input: z.record(z.string(), z.unknown(), 'a mapping').default({}),
      result: text.default(''),
      is_error: z.boolean('true or false').default(false),
    },
    'a call of a tool',
  ).optional(),
  usage: mapping(
    {
      input_tokens: tokens,
      output_tokens: tokens,
      cache_creation_input_tokens: tokens,
      cache_read_input_tokens: tokens,
    },
    'the tokens of an answer',
  ).optional(),
  limit: mapping(
    {
      status: z.enum(['allowed', 'warning', 'rejected'], 'allowed, warning or rejected'),
      window: text.default(''),
      resets_in: seconds.optional(),
      utilization: z.number(share).min(0, share).max(100, share).optional(),
    },
    'what the API says about a limit',
  ).optional(),
  wait: seconds.optional(),
  hang: yes.optional(),
  end: endSchema.optional(),
};
const verbNames = Object.keys(verbs);

const someAttempt = 'the number of an attempt, from 1';

const stepSchema = mapping(
  { ...verbs, on_attempt: z.int(someAttempt).min(1, someAttempt).optional() },
  'a step',
).refine((step) => countOf(step, verbNames) === 1, `exactly one of ${verbNames.join(', ')}`);

const someSteps = 'a list of steps, or a list for each round (first, resume, nudge)';
const steps = z.array(stepSchema, someSteps);

/** What the scripted agent says and does, by the skill that its prompt names. */
export const agentScriptSchema = mapping(
  {
    model: notEmpty.default('scripted'),
    tools: z.array(notEmpty, 'a list of names of tools').default(['Bash', 'Edit', 'Read', 'Write']),
    skills: z
      .record(
        z.string(),
        z.union(
          [steps, mapping({ first: steps, resume: steps.optional(), nudge: steps.optional() }, 'steps for each round')],
          someSteps,
        ),
        'a mapping of names of skills to their steps',
      )
      .refine((skills) => Object.keys(skills).length > 0, 'at least one skill, such as default'),
  },
  'a script',
);

export type AgentScript = z.infer<typeof agentScriptSchema>;
export type ScriptStep = z.infer<typeof stepSchema>;
export type ScriptEnd = z.infer<typeof endSchema>;
