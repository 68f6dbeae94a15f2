import { describe, expect, it } from 'vitest';
import { redactOptions } from '../../src/domain/redact-options.ts';

describe('A command in a text', () => {
  it.each([
    ['login --password abc && ls', 'login --password [redacted] && ls'],
    ['login --use --token abc', 'login --use --token [redacted]'],
    ["login --secret 'a b' x", "login --secret '[redacted]' x"],
    ['{"cmd":"login --api-key \\"a b\\" x"}', '{"cmd":"login --api-key \\"[redacted]\\" x"}'],
    ['{"args":["--api-key","abc","x"]}', '{"args":["--api-key","[redacted]","x"]}'],
    ['login --password abc"', 'login --password [redacted]"'],
  ])('does not show the value of an option with the name of a secret: %s', (text, redacted) => {
    expect(redactOptions(text, '[redacted]')).toBe(redacted);
    expect(redactOptions(redacted, '[redacted]')).toBe(redacted);
  });

  it.each(['tar -x --file abc', 'run --password', 'run --token --verbose', 'run --token-file abc', '--max-tokens 12'])(
    'shows all else: %s',
    (text) => {
      expect(redactOptions(text, '[redacted]')).toBe(text);
    },
  );
});
