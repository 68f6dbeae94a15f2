import { describe, expect, it } from 'vitest';
import { showCommandWithoutSecrets } from '../../src/domain/show-command-without-secrets.ts';

describe('A command that is kept or shown', () => {
  it.each([
    [['npx', 'server', '--api-key', 'abc', 'dir'], 'npx server --api-key [redacted] dir'],
    [['server', '--token', "it's", '--password', 'b'], 'server --token [redacted] --password [redacted]'],
    [['server', '-token', 'a', '--githubToken', 'b'], 'server -token [redacted] --githubToken [redacted]'],
    [['server', '--use-token', '--api-key', 'abc'], 'server --use-token [redacted] [redacted]'],
    [['server', '--api-key=a b', '--port=1'], 'server --api-key=[redacted] --port=1'],
    [['env', 'API_TOKEN=two words', 'server'], 'env API_TOKEN=[redacted] server'],
    [['docker', 'run', '-e', 'DB_PASSWORD=a=b', 'image'], 'docker run -e DB_PASSWORD=[redacted] image'],
  ])('does not show the secret in %j', (words, shown) => {
    expect(showCommandWithoutSecrets(words)).toBe(shown);
  });

  it.each([
    [['npx', 'token', 'a b'], "npx token 'a b'"],
    [['server', '--max-tokens', '100', '--token-limit', '5'], 'server --max-tokens 100 --token-limit 5'],
    [['server', '--token-file', '/run/token', '--'], 'server --token-file /run/token --'],
    [['server', '--token'], 'server --token'],
    [['sh', '-c', 'echo --password x'], "sh -c 'echo --password x'"],
  ])('shows the other words as they are: %j', (words, shown) => {
    expect(showCommandWithoutSecrets(words)).toBe(shown);
  });
});
