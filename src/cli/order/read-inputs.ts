import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { AppError, toFault } from '../../domain/app-error.ts';
import type { JsonObject } from '../../domain/json-object.ts';
import { printable } from '../../domain/printable-text.ts';
import type { GraphInput } from '../../domain/recipe/recipe-graph.ts';
import { readRunInputs } from '../../domain/recipe/run-inputs.ts';
import { quote } from '../../services/yaml/describe-value.ts';
import type { CliHost } from '../cli-host.ts';
import type { Prompt } from '../init/prompt.ts';

/**
 * The inputs of a run as they were typed: `name=value`, where the value may have further `=`.
 * @throws AppError `invalid_input` for anything else, and for an input that is given twice
 */
export function readInputs(typed: readonly string[]): JsonObject {
  const inputs = new Map<string, string>();
  for (const text of typed) {
    const at = text.indexOf('=');
    if (at < 1) throw new AppError('invalid_input', `${quote(text)} is not an input: give it as name=value`);
    const name = text.slice(0, at);
    if (inputs.has(name)) throw new AppError('invalid_input', `the input ${quote(name)} is given twice: give it once`);
    inputs.set(name, text.slice(at + 1));
  }
  return Object.fromEntries(inputs);
}

/** The inputs again, for another process. */
export const inputArguments = (inputs: JsonObject): readonly string[] =>
  Object.entries(inputs).map(([name, value]) => `${name}=${value}`);

const isLeftOut = (given: JsonObject, { name }: GraphInput) => !Object.hasOwn(given, name);

/** @throws AppError `invalid_input`, naming the inputs that have no value and need one */
export function refuseMissing(recipe: string, inputs: readonly GraphInput[], given: JsonObject): void {
  const missing = inputs.filter(
    (input) => input.required === true && (input.default ?? null) === null && isLeftOut(given, input),
  );
  if (missing.length === 0) return;
  const names = missing.map(({ name }) => quote(name)).join(', ');
  const values = missing.map(({ name }) => `${name}=VALUE`).join(' ');
  throw new AppError(
    'invalid_input',
    `the recipe needs a value for ${names}: give it with maitred order ${recipe} ${values}`,
  );
}

/**
 * Asks for the inputs that a run needs and that were not given, except for hidden ones.
 * @returns all inputs
 * @throws AppError `invalid_input` for a given input that the recipe does not have, or of another type, before it asks
 */
export async function askForMissing(
  prompt: Prompt,
  inputs: readonly GraphInput[],
  given: JsonObject,
  host: Pick<CliHost, 'stderr' | 'cwd'>,
): Promise<JsonObject> {
  validate(
    inputs.map((input) => ({ ...input, required: false })),
    given,
    host.cwd(),
  );
  const answers = new Map(Object.entries(given));
  for (const input of inputs)
    if (input.required === true && input.hidden !== true && isLeftOut(given, input))
      answers.set(input.name, await askFor(prompt, input, host));
  return Object.fromEntries(answers);
}

const validate = (inputs: readonly GraphInput[], given: JsonObject, cwd: string) =>
  readRunInputs(inputs, given, { given: (path) => resolve(cwd, path), written: (path) => path });

async function askFor(
  prompt: Prompt,
  input: GraphInput,
  { stderr, cwd }: Pick<CliHost, 'stderr' | 'cwd'>,
): Promise<string> {
  const { name, type, description, choices = [], default: written } = input;
  const shown = String(written ?? '');
  const about = `${name}${description === undefined ? '' : ` (${description.trim()})`}`;
  const question = `${about}${type === 'boolean' ? ' [y/n]' : ''}${shown === '' ? '' : ` [${shown}]`}:`;
  const answer = async (): Promise<string> => {
    if (type === 'boolean') return prompt.askWord(question, yesOrNo, shown);
    if (type !== 'choice') return prompt.ask(question, shown);
    const at = await prompt.choose(question, choices, shown === '' ? null : choices.indexOf(shown));
    return at === null ? '' : (choices[at] ?? '');
  };
  for (;;) {
    const text = await answer();
    const problem = text === '' ? 'The recipe needs a value.' : problemOf(input, text, cwd());
    if (problem === null) return text;
    stderr.write(`${printable(problem)}\n`);
  }
}

const yesOrNo = { y: 'true', yes: 'true', true: 'true', n: 'false', no: 'false', false: 'false' } as const;

/** Why a text is no value of an input, for people; null: it is one. */
function problemOf(input: GraphInput, text: string, cwd: string): string | null {
  const path = resolve(cwd, text);
  if (input.type === 'path' && !existsSync(path)) return `${path} does not exist.`;
  try {
    validate([input], { [input.name]: text }, cwd);
    return null;
  } catch (thrown) {
    return toFault(thrown).message;
  }
}
