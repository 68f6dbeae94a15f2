import { hookRegistry } from '../../domain/hook-registry.ts';
import type { InitOutcome } from './init-outcome.ts';
import { remarksOn } from './init-remarks.ts';
import { clientEntriesFor, pluginCommands } from './next-steps.ts';

/** What was done, and what to do next, for programs. */
export function initJson(outcome: InitOutcome): object {
  const { projectDir, answers, files, pluginDir, hasHooks } = outcome;
  return {
    project: projectDir,
    test_command: answers.testCommand,
    repository: answers.repository,
    files,
    plugin: {
      dir: pluginDir,
      commands: pluginCommands(outcome),
      hooks: hasHooks
        ? hookRegistry.rows.map(({ event, scripts, disclosure }) => ({ event, scripts, ...disclosure }))
        : [],
    },
    clients: clientEntriesFor(outcome).map((client) => ({
      client: client.id,
      name: client.name,
      is_installed: outcome.isInstalled(client),
      command: client.addCommand,
      file: client.file,
      entry: client.fileEntry,
    })),
    remarks: remarksOn(outcome),
  };
}
