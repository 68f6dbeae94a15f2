import { resolve } from 'node:path';
import { printable } from '../../domain/printable-text.ts';
import { markFolder } from '../../services/workspace/mark-folder.ts';
import type { CliHost } from '../cli-host.ts';
import { readProjectConfig } from '../project-config.ts';
import { writeRemark } from '../report.ts';

/**
 * `maitred workspace init`: makes a folder that tools may empty, and prints its path.
 * @throws AppError `conflict` for a folder that is not empty, `unavailable` if it cannot be made
 */
export function runWorkspaceInit(host: CliHost, path: string): void {
  const folder = resolve(host.cwd(), path);
  const marker = readProjectConfig(host).config.safety.reset_guard_marker;
  const outcome = markFolder(folder, { marker, version: host.version, nowMs: Date.now() });
  host.stdout.write(`${printable(folder)}\n`);
  const remark =
    outcome === 'already'
      ? `the folder is already marked (${marker})`
      : `reset_test_dir and reset_workspace may now empty the folder, because it holds ${marker}`;
  writeRemark(host, remark);
}
