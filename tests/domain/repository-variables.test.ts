import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { isRepositoryVariable } from '../../src/domain/repository-variables.ts';

it('The variables that tie git to a repository are all that the installed git names, and the pairs that one of them counts', () => {
  const named = execFileSync('git', ['rev-parse', '--local-env-vars'], { encoding: 'utf8' }).trim().split('\n');
  expect(named.length).toBeGreaterThan(10);
  for (const name of [...named, 'GIT_CONFIG_KEY_0', 'GIT_CONFIG_VALUE_12'])
    expect(isRepositoryVariable(name), name).toBe(true);
  for (const name of ['GIT_SSH_COMMAND', 'GIT_AUTHOR_NAME', 'GIT_CONFIG_GLOBAL', 'GIT_CONFIG_KEY_', 'PATH'])
    expect(isRepositoryVariable(name), name).toBe(false);
});
