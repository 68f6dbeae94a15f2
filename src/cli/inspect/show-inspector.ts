import { toFault } from '../../domain/app-error.ts';
import { countText } from '../../domain/count-text.ts';
import { encodeJson } from '../../domain/encode-json.ts';
import type { ServerRecord } from '../../domain/server-record.ts';
import { openInBrowser } from '../../services/platform/process/open-in-browser.ts';
import type { CliHost, InspectorRequest } from '../cli-host.ts';
import { writeRemark } from '../report.ts';

export interface ShowInspectorOptions extends Omit<InspectorRequest, 'report'> {
  /** The servers that are running at the start; others may follow. */
  readonly running: readonly ServerRecord[];
  /** The server that the page shows first; null: any. */
  readonly preselected: string | null;
  readonly isBrowserWanted: boolean;
  readonly asJson: boolean;
}

/**
 * Serves the inspector until a signal ends it, and prints its link.
 * @throws AppError `conflict` or `forbidden` if the port cannot be used
 */
export async function showInspector(host: CliHost, options: ShowInspectorOptions): Promise<void> {
  const { folder, port, recordingFile, running, preselected, isBrowserWanted, asJson } = options;
  const report = (text: string) => writeRemark(host, text);
  const inspector = await host.openInspector({ folder, port, recordingFile, report });
  const fragment = preselected === null ? '' : `#server=${encodeURIComponent(preselected)}`;
  const link = `${inspector.link}${fragment}`;
  const json = { url: link, port: inspector.port, servers: running.map(serverJson) };
  // One line: a program can read it while the inspector is open.
  host.stdout.write(`${asJson ? encodeJson(json) : link}\n`);
  const shown = recordingFile === null ? runningText(running.length) : `showing ${recordingFile}`;
  report(`${shown}; Ctrl-C ends the inspector`);
  if (isBrowserWanted)
    void openInBrowser(`${inspector.issueLink()}${fragment}`, {
      platform: host.platform,
      cwd: host.homeDir || '/',
    }).catch((problem) => report(`${toFault(problem).message} Open the link yourself.`));
  await inspector.closed;
}

const serverJson = ({ serverId, process: { pid }, projectDir, version }: ServerRecord) => {
  return { id: serverId, pid, project: projectDir, version };
};

function runningText(count: number): string {
  if (count === 0) return 'no server is running yet, new ones will appear';
  return `${countText(count, 'server')} ${count === 1 ? 'is' : 'are'} running`;
}
