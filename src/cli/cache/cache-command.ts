import type { Command } from 'commander';
import { createHandshakeCache, type HandshakeCache } from '../../services/handshake-cache/handshake-cache.ts';
import { readOwnUid } from '../../services/platform/own-uid.ts';
import { compareStateFormat } from '../../services/state/state-format.ts';
import type { CliHost } from '../cli-host.ts';
import { examples } from '../help-text.ts';
import { stateFolderOf } from '../state-folder-of.ts';
import { clearCache } from './cache-clear.ts';
import { listCache } from './cache-list.ts';
import { showCached } from './cache-show.ts';

interface JsonOption {
  readonly json?: boolean;
}

/** `maitred cache`: the handshakes of wrapped servers, which answer the next client at once. */
export function addCacheCommand(program: Command, host: CliHost): void {
  const cache = program
    .command('cache')
    .description('show and clear the cached handshakes of wrapped servers')
    .addHelpText(
      'after',
      '\nA handshake that is not cached is asked of the server again, which the next client waits for.',
    )
    .addHelpText(...examples('maitred cache list', 'maitred cache clear'));
  cache
    .command('list')
    .description('list the cached handshakes, newest first')
    .option(...jsonOption)
    .addHelpText(...examples('maitred cache list', 'maitred cache list --json | jq ".entries[].command"'))
    .action(({ json: asJson = false }: JsonOption) => listCache(host, cacheOf(host), asJson));
  cache
    .command('show')
    .description('show what a client gets from a cached handshake')
    .argument('<KEY>', keyHelp)
    .option(...jsonOption)
    .addHelpText(...examples('maitred cache show 3f', 'maitred cache show 3f --json | jq .handshake.lists.tools'))
    .action((key: string, { json: asJson = false }: JsonOption) => showCached(host, cacheOf(host), key, asJson));
  cache
    .command('clear')
    .description('remove cached handshakes')
    .argument('[KEY...]', `${keyHelp}; without one, all are removed`)
    .option(...jsonOption)
    .addHelpText(...examples('maitred cache clear', 'maitred cache clear 3f a0'))
    .action((keys: readonly string[], { json: asJson = false }: JsonOption) =>
      clearCache(host, cacheOf(host), keys, asJson),
    );
}

const jsonOption = ['--json', 'print JSON, for programs'] as const;
const keyHelp = 'a key of maitred cache list, or its beginning';

function cacheOf(host: CliHost): HandshakeCache {
  const folder = stateFolderOf(host);
  compareStateFormat(folder);
  return createHandshakeCache({ dir: folder.handshakesDir, ownUid: readOwnUid() });
}
