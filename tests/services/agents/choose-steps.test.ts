import { describe, expect, it } from 'vitest';
import type { AgentScript } from '../../../src/domain/agent-script.schema.ts';
import { chooseSteps } from '../../../src/services/agents/choose-steps.ts';

const script = (skills: AgentScript['skills']): AgentScript => ({ model: 'scripted', tools: [], skills });
const said = (text: string) => [{ say: text }];

describe('The steps of a session', () => {
  const skills = script({ 'make-plan': said('plan'), tmp: said('tmp'), default: said('default') });

  it.each([
    ['/make-plan a search box', 'plan'],
    ['Use /make-plan a search box', 'plan'],
    ['/maitred:make-plan', 'plan'],
    ['Use /make-plan: a search box, then /tmp', 'plan'],
    ['look into /tmp/make-plan', 'default'],
    ['write to a/tmp', 'default'],
    ['/toString', 'default'],
    ['/make-plans', 'default'],
    ['hello', 'default'],
    ['', 'default'],
  ])('are those of the skill that the prompt names first: %s', (prompt, text) => {
    expect(chooseSteps(skills, prompt, 'first')).toEqual(said(text));
  });

  it.each(['hello', '/other'])('must be there: %s', (prompt) => {
    expect(() => chooseSteps(script({ 'make-plan': [] }), prompt, 'first')).toThrow(
      `no steps for ${prompt === 'hello' ? 'a prompt without a skill' : prompt}; add them, or a skill "default"; the script has "make-plan"`,
    );
  });

  it.each([
    [{ first: said('1'), resume: said('2'), nudge: said('3') }, ['1', '2', '3']],
    [{ first: said('1'), resume: said('2') }, ['1', '2', '2']],
    [{ first: said('1') }, ['1', '1', '1']],
    [said('1'), ['1', '1', '1']],
  ])('are those of the round, or of the round before it', (rounds, texts) => {
    const chosen = (['first', 'resume', 'nudge'] as const).flatMap((kind) =>
      chooseSteps(script({ a: rounds }), '/a', kind),
    );
    expect(chosen).toEqual(texts.flatMap(said));
  });
});
