import { describe, expect, it } from 'vitest';
import { parseSkillCommand } from '../../src/domain/skill-command.ts';

describe('a command that calls a skill', () => {
  it.each([
    ['/make-plan add a search box', 'make-plan', 'add a search box'],
    ['/maitred:make-plan add\n  two lines\n', 'make-plan', 'add\n  two lines'],
    ['  /smoke-task', 'smoke-task', ''],
    ['/a_B9\targ', 'a_B9', 'arg'],
  ])('has the name and the arguments: %j', (command, name, args) => {
    expect(parseSkillCommand(command)).toEqual({ name, args });
  });

  it.each([
    ['make a plan', /^the command must begin with \/ and the name of a skill, such as /],
    ['', /^the command must begin with \//],
    ['/ make-plan', /^the command must begin with \//],
    ['/../../etc/passwd', /^what follows the \/ is not the name of a skill/],
    ['/usr/bin/env', /^what follows the \/ is not the name of a skill/],
    ['/.hidden', /^what follows the \/ is not the name of a skill/],
    [`/${'a'.repeat(65)}`, /^what follows the \/ is not the name of a skill/],
    ['/other:make-plan x', /^\/other:make-plan is not a skill of maitred; call \/make-plan$/],
  ])('is rejected with what to write: %j', (command, message) => {
    expect(() => parseSkillCommand(command)).toThrow(
      expect.objectContaining({ code: 'invalid_input', message: expect.stringMatching(message) }),
    );
  });
});
