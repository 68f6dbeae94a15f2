import { isRepositoryVariable } from '../../../domain/repository-variables.ts';
import { isScenarioVariable } from '../../../domain/scenario/scenario-variables.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * What a program inherits of our own environment: all but the variables that tie git to one repository, and those of `withoutScenario`. With the former, if a
 * git hook has started this process, a commit in another repository would land in that of the hook.
 */
export const inheritedEnvironment = (own: Environment): Environment =>
  without(own, (name) => isRepositoryVariable(name) || isScenarioVariable(name));

/** All but the variables that make a server record or replay: another maitred must not use the folder of this one. */
export const withoutScenario = (own: Environment): Environment => without(own, isScenarioVariable);

const without = (own: Environment, isLeftOut: (name: string) => boolean): Environment =>
  Object.fromEntries(Object.entries(own).filter(([name]) => !isLeftOut(name)));
