import { describe, expect, it } from 'vitest';
import { redactorFor } from '../../src/app/secrets.ts';
import type { ServerContext } from '../../src/app/server-context.ts';

const value = 'correct-horse-battery';

/** What a server with this variable in its environment writes of a text that has the variable's value in it. */
function writtenWith(env: Readonly<Record<string, string>>, text = `cannot log in with ${value}`): string {
  const nodeProcess = { env } as unknown as ServerContext['nodeProcess'];
  return redactorFor({ nodeProcess, secrets: new Set() }).text(text);
}

describe('The value of an environment variable', () => {
  it.each([
    'NPM_TOKEN',
    'npm_token',
    'GITHUB_TOKEN',
    'ACCESSTOKEN',
    'DB_PASSWORD',
    'DB_PWD',
    'SHOP_API_KEY',
    'AWS_SECRET_ACCESS_KEY',
  ])('is not written anywhere if the variable is named as a secret is: %s', (name) => {
    expect(writtenWith({ [name]: value })).toBe('cannot log in with [redacted]');
  });

  it.each(['SHOP_NAME', 'TOKEN_LIMIT', 'MAX_TOKENS', 'PASSWORD_FILE', 'PWD', 'OLDPWD'])(
    'is written as it is if the variable is named otherwise: %s',
    (name) => {
      expect(writtenWith({ [name]: value })).toBe(`cannot log in with ${value}`);
    },
  );

  it('is known to every redactor of the server', () => {
    const secrets = new Set(['known-before']);
    const nodeProcess = {
      env: { NPM_TOKEN: value, SHOP_NAME: 'the-corner-shop' },
    } as unknown as ServerContext['nodeProcess'];
    redactorFor({ nodeProcess, secrets });
    expect([...secrets]).toEqual(['known-before', value]);
  });
});
