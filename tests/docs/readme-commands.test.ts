import { describe, expect, it } from 'vitest';
import { printsAsShown, readCommands } from '../../scripts/readme/read-commands.mts';

const page = `# A page

\`\`\`sh
npm ci && npm run demo    # all of it

cd ~/shop
\`\`\`

\`\`\`json
{ "not": "a command" }
\`\`\`

\`\`\`console
$ maitred status
No server is running in …
$ maitred config path
\`\`\`
`;

describe('the commands of the README, as CI runs them', () => {
  it('are all lines of its shell blocks, without comments, and what follows a $, with the output below it', () => {
    expect(readCommands(page)).toEqual([
      { line: 4, command: 'npm ci && npm run demo', output: null },
      { line: 6, command: 'cd ~/shop', output: null },
      { line: 14, command: 'maitred status', output: 'No server is running in …\n' },
      { line: 16, command: 'maitred config path', output: '' },
    ]);
  });

  it.each([
    ['passed: true', 'passed: true\n', true],
    ['+… ms  ready\n…', '+86 ms  ready\n+195 ms  draining\n', true],
    ['+… ms   ready', '+2100 ms  ready', true],
    ['passed: true', 'passed: false\n', false],
    ['a.c', 'abc', false],
    ['ready', 'ready\nand more', false],
  ])('must print what is shown, where … is any text: %j beside %j', (shown, printed, isSo) => {
    expect(printsAsShown(shown, printed)).toBe(isSo);
  });
});
