import { describe, expect, it } from 'vitest';
import { commandLabel } from '../../src/domain/command-label.ts';

describe('The name of a child process', () => {
  it.each([
    ['/usr/bin/npm', ['test'], 'npm test'],
    ['bash', ['-c', ' npm test && echo "all well" '], 'npm test && echo "all well"'],
    ['/bin/sh', ['-c', 'exit 3', 'ignored'], 'exit 3'],
    ['sh', ['install.sh', 'a b'], "sh install.sh 'a b'"],
    ['fish', ['-c', 'ls'], 'fish -c ls'],
  ])('is its command as a person types it: %s %j', (file, args, label) => {
    expect(commandLabel({ file, args })).toBe(label);
  });

  it.each([
    ['server', ['--api-key', 'abc'], 'server --api-key [redacted]'],
    ['bash', ['-c', 'login --password abc && ls'], 'login --password [redacted] && ls'],
    ['bash', ['-c', 'login --password "a \\" b" --user me'], 'login --password [redacted] --user me'],
    ['bash', ['-c', "login --token 'a b'\\''c d' x"], 'login --token [redacted] x'],
    ['bash', ['-c', 'DB_PWD="a b" login --pass=c'], 'DB_PWD=[redacted] login --pass=[redacted]'],
    ['bash', ['-c', 'login --use-token --api-key abc'], 'login --use-token [redacted] [redacted]'],
  ])('has no secret that an option or variable names: %s %j', (file, args, label) => {
    expect(commandLabel({ file, args })).toBe(label);
  });
});
