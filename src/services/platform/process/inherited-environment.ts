import { isRepositoryVariable } from '../../../domain/repository-variables.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * What a program inherits of our own environment: all but the variables that tie git to one repository. With those, if a git hook has
 * started this process, a commit in another repository would land in that of the hook.
 */
export function inheritedEnvironment(own: Environment): Environment {
  return Object.fromEntries(Object.entries(own).filter(([name]) => !isRepositoryVariable(name)));
}
