import { expect, it } from 'vitest';
import { createGit } from '../../../src/services/git/git.ts';
import type { Command } from '../../../src/services/platform/process/run-command.ts';

it('A git command is shown without the options that every one has', async () => {
  const commands: Command[] = [];
  const git = createGit(async (command) => {
    commands.push(command);
    return { exitCode: 0, stdout: 'url\n', stderr: '', isTruncated: false, timedOut: false };
  });
  await git.remoteUrl('/shop', 'origin');
  expect(commands).toMatchObject([{ file: 'git', label: 'git remote get-url -- origin' }]);
  expect(commands[0]?.args).toContain('core.hooksPath=/dev/null');
});
