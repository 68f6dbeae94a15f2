import { toFault } from '../../domain/app-error.ts';
import { printable } from '../../domain/printable-text.ts';
import type { ServerRecord } from '../../domain/server-record.ts';
import { openInBrowser } from '../../services/platform/process/open-in-browser.ts';
import type { CliHost, InspectorRequest, OpenInspector } from '../cli-host.ts';

export interface ShowInspectorOptions extends Omit<InspectorRequest, 'report'> {
  /** Those that are there when it begins; others may come. */
  readonly running: readonly ServerRecord[];
  /** The server that the page begins with; null: as it likes. */
  readonly preselected: string | null;
  readonly isBrowserWanted: boolean;
  readonly asJson: boolean;
}

/**
 * Serves the inspector until it is asked to end, and prints the link to it.
 * @throws AppError `conflict` or `forbidden` when the port cannot be had
 */
export async function showInspector(host: CliHost, options: ShowInspectorOptions): Promise<void> {
  const { folder, port, recordingFile, running, preselected, isBrowserWanted, asJson } = options;
  const say = (words: string) => host.stderr.write(`maitred: ${printable(words)}\n`);
  const inspector = await host.openInspector({ folder, port, recordingFile, report: say });
  const place = preselected === null ? '' : `#server=${encodeURIComponent(preselected)}`;
  const link = `${inspector.link}${place}`;
  host.stdout.write(asJson ? `${JSON.stringify(linkJson({ ...inspector, link }, running))}\n` : `${link}\n`);
  say(`${recordingFile === null ? countText(running.length) : `showing ${recordingFile}`}; Ctrl-C ends the inspector`);
  if (isBrowserWanted)
    void openInBrowser(`${inspector.issueLink()}${place}`, { platform: host.platform, cwd: host.homeDir || '/' }).catch(
      (problem) => say(`${toFault(problem).message} Open the link yourself.`),
    );
  await inspector.closed;
}

const linkJson = ({ link, port }: Pick<OpenInspector, 'link' | 'port'>, running: readonly ServerRecord[]) => ({
  url: link,
  port,
  servers: running.map(({ serverId, process: { pid }, projectDir, version }) => ({
    id: serverId,
    pid,
    project: projectDir,
    version,
  })),
});

function countText(count: number): string {
  if (count === 0) return 'no server runs yet: the inspector shows those that come';
  return count === 1 ? '1 server runs' : `${count} servers run`;
}
