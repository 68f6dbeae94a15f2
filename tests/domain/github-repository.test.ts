import { describe, expect, it } from 'vitest';
import { githubRepositoryOf } from '../../src/domain/github-repository.ts';

describe('the GitHub repository', () => {
  it.each([
    'git@github.com:acme/shop.git',
    'git@github.com:acme/shop',
    'git@github.com:/acme/shop.git',
    'github.com:acme/shop',
    'org-123@github.com:acme/shop.git',
    'https://github.com/acme/shop.git',
    'https://github.com/acme/shop',
    'https://github.com/acme/shop/',
    'https://www.github.com/acme/shop',
    'https://GitHub.com/acme/shop.git',
    'https://x-access-token:secret@github.com/acme/shop.git',
    'http://github.com/acme/shop',
    'git://github.com/acme/shop.git',
    'ssh://git@github.com/acme/shop.git',
    'ssh://git@github.com:22/acme/shop',
    'ssh://git@ssh.github.com:443/acme/shop.git',
    'git+ssh://git@github.com/acme/shop.git',
  ])('is read from %s', (url) => {
    expect(githubRepositoryOf(url)).toBe('acme/shop');
  });

  it('may have dots in its name', () => {
    expect(githubRepositoryOf('git@github.com:acme/shop.github.io.git')).toBe('acme/shop.github.io');
  });

  it.each([
    '',
    'git@gitlab.com:acme/shop.git',
    'https://gitlab.com/github.com/acme/shop',
    'https://github.com.evil.example/acme/shop',
    'https://notgithub.com/acme/shop',
    'git@work:acme/shop.git',
    'https://github.com/acme',
    'https://github.com/acme/shop/tree/main',
    'https://gist.github.com/acme/shop',
    '/srv/git/github.com/acme/shop.git',
    '../shop',
    'file:///github.com/acme/shop',
  ])('is not read from %j', (url) => {
    expect(githubRepositoryOf(url)).toBeNull();
  });
});
