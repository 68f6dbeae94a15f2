import { AppError } from './app-error.ts';

/** The name of a skill and of its folder: nothing that could be a path. */
export const skillNameShape = /^[A-Za-z0-9][\w-]{0,63}$/;

/** A skill that is called, with its arguments. */
export interface SkillCommand {
  readonly name: string;
  /** Empty for none. */
  readonly args: string;
}

const example = 'such as /investigate why the tests fail';

/**
 * The parts of `/name arguments` or `/maitred:name arguments`.
 * @throws AppError `invalid_input` for anything else
 */
export function parseSkillCommand(command: string): SkillCommand {
  const [, word = '', args = ''] = /^\/(\S*)\s*([\s\S]*)$/.exec(command.trim()) ?? [];
  if (word === '')
    throw new AppError('invalid_input', `the command must begin with / and the name of a skill, ${example}`);
  const [, namespace, name = ''] = /^(?:([\w-]+):)?(.*)$/.exec(word) ?? [];
  if (!skillNameShape.test(name))
    throw new AppError(
      'invalid_input',
      `what follows the / is not the name of a skill: letters, digits, - and _, ${example}`,
    );
  if (namespace !== undefined && namespace !== 'maitred')
    throw new AppError('invalid_input', `/${namespace}:${name} is not a skill of maitred; call /${name}`);
  return { name, args: args.trimEnd() };
}
