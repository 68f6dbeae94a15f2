import type { AgentScript, ScriptStep } from '../../domain/agent-script.schema.ts';
import { AppError } from '../../domain/app-error.ts';
import { encodeJson } from '../../domain/encode-json.ts';
import type { AgentRound } from './agent-adapter.ts';

/** `/make-plan` or `/maitred:make-plan`, and no path. */
const skillName = /(?<!\S)\/(?:[\w-]+:)?([\w-]+)(?![\w/.-])/;

/**
 * The steps for the skill that a prompt names first, or those of `default`. A round without steps of its own plays those of the round before it: a nudge
 * those of a resume, a resume the first ones.
 * @throws AppError `invalid_input` where the script has no steps for the skill
 */
export function chooseSteps({ skills }: AgentScript, prompt: string, kind: AgentRound['kind']): readonly ScriptStep[] {
  const named = skillName.exec(prompt)?.[1];
  const rounds = named !== undefined && Object.hasOwn(skills, named) ? skills[named] : skills.default;
  if (rounds === undefined) {
    const wanted = named === undefined ? 'a prompt without a skill' : `/${named}`;
    const known = Object.keys(skills).map((name) => encodeJson(name));
    throw new AppError(
      'invalid_input',
      `no steps for ${wanted}; add them, or a skill "default"; the script has ${known.join(', ')}`,
    );
  }
  if ('first' in rounds) {
    const { first, resume = first, nudge = resume } = rounds;
    return { first, resume, nudge }[kind];
  }
  return rounds;
}
