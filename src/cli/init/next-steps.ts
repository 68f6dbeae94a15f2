import { showCommand } from '../../domain/show-command.ts';
import { type ClientEntry, clientEntriesOf } from '../client-entries.ts';
import type { InitOutcome } from './init-outcome.ts';

/** How to add maitred to the clients that are installed, or to any if none is. */
export function nextSteps(outcome: InitOutcome): readonly string[] {
  const entries = clientEntriesFor(outcome);
  const installed = entries.filter(outcome.isInstalled);
  const missing = entries.filter((client) => !installed.includes(client));
  const next = "Next, add maitred to your client, in the project's folder:";
  const end = 'Then start the client in the project, and ask it to open the kitchen.';
  const stepsFor = (clients: readonly ClientEntry[]) => clients.flatMap((client) => clientSteps(client, outcome));
  if (installed.length === 0)
    return [`None of ${programsOf(entries)} is on your PATH. ${next}`, ...stepsFor(entries), end];
  const others = `Not on your PATH: ${programsOf(missing)}. What adds maitred to them: maitred init --yes --json`;
  return [next, ...stepsFor(installed), ...(missing.length === 0 ? [] : [others]), end];
}

const programsOf = (clients: readonly ClientEntry[]) => clients.map(({ program }) => program).join(', ');

function clientSteps(client: ClientEntry, outcome: InitOutcome): readonly string[] {
  const { name, addCommand, file, fileEntry } = client;
  if (addCommand === null) return [`${name}, in ${file}:`, `  ${fileEntry}`];
  if (client.id !== 'claude-code') return [`${name}:`, `  ${addCommand}`];
  return [
    `${name}, the plugin with the skills that open and close the kitchen:`,
    ...pluginCommands(outcome).map((command) => `  ${command}`),
    `or ${name}, the server alone:`,
    `  ${addCommand}`,
  ];
}

/** How Claude Code gets the plugin. */
export const pluginCommands = ({ pluginDir }: InitOutcome) => [
  showCommand(['claude', 'plugin', 'marketplace', 'add', pluginDir]),
  'claude plugin install maitred@maitred',
];

/** How each client starts maitred: by its name where a shell finds that, so that the entry survives an upgrade. */
export function clientEntriesFor({ nodeFile, programFile, isOnPath }: InitOutcome): readonly ClientEntry[] {
  const program = isOnPath
    ? { command: 'maitred', args: ['serve'] }
    : { command: nodeFile, args: [programFile, 'serve'] };
  return clientEntriesOf({ name: 'maitred', ...program });
}
