import { expect, test } from 'vitest';
import { claudeSession, committedDirOf, recordScenario } from '../support/recorded-scenarios.ts';
import { programsIn } from '../support/scenario-world.ts';
import { clientProgram } from './client-program.ts';
import { startUnreliableModel } from './unreliable-model.ts';

const marker = `\${marker}`;

test('The sessions of Claude Code in the committed scenario are recorded again, and start the same programs', async () => {
  const model = await startUnreliableModel([
    ['Bash', { command: 'echo hello > greeting.txt' }],
    `I made it.\n${marker}`,
    ['Write', { file_path: 'report.md', content: '# Nobody had written the greeting\n' }],
    `I wrote it.\n${marker}`,
    `investigation_path = \${cwd}/report.md\n${marker}`,
  ]);
  const dir = await recordScenario(claudeSession, {
    MAITRED_RUN_SKILL__CLAUDE_PATH: clientProgram('claude'),
    ANTHROPIC_API_KEY: 'none',
    ANTHROPIC_BASE_URL: model.url,
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    DISABLE_TELEMETRY: '1',
    DISABLE_ERROR_REPORTING: '1',
    // Without this it refuses to run as root.
    IS_SANDBOX: '1',
  });
  expect(programsIn(dir)).toEqual(programsIn(committedDirOf(claudeSession)));
});
