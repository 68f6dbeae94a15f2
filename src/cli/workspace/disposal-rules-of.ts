import { tmpdir } from 'node:os';
import type { Config } from '../../domain/config.schema.ts';
import type { DisposalRules } from '../../services/workspace/disposable-folder.ts';
import { workspacePlacesOf } from '../../services/workspace/workspace-places.ts';
import type { CliHost } from '../cli-host.ts';
import { stateFolderOf } from '../state-folder-of.ts';

/** Which folders may be emptied, for a person as for the tools of a server. @throws AppError `invalid_input` for a bad state folder */
export function disposalRulesOf(
  host: CliHost,
  { config, projectDir }: { readonly config: Pick<Config, 'workspace'>; readonly projectDir: string },
): DisposalRules {
  const tempDir = tmpdir();
  const { roots, kept } = workspacePlacesOf(config.workspace, { projectDir, homeDir: host.homeDir, tempDir });
  return { roots, tempDir, kept: [...kept, stateFolderOf(host).dir] };
}
