import { join } from 'node:path';
import { serveInspector } from '../../inspector/server/serve-inspector.ts';
import type { InspectorRequest, OpenInspector } from '../cli/cli-host.ts';
import { createRedactor } from '../domain/redact.ts';
import type { ServerRecord } from '../domain/server-record.ts';
import { socketOf } from '../services/inspection/socket-path.ts';
import { watchText } from '../services/inspection/watch-server.ts';
import { followServers } from '../services/state/server-records/follow-servers.ts';
import type { NodeProcess } from './node-process.ts';
import { whenAskedToEnd } from './when-asked-to-end.ts';

export { build } from './build.ts';

/** Serves the inspector page on the servers of this user, until it is asked to end. */
export async function openInspector(
  nodeProcess: Pick<NodeProcess, 'on' | 'off' | 'platform' | 'getuid'>,
  programDir: string,
  { folder, port, recordingFile, report }: InspectorRequest,
): Promise<OpenInspector> {
  const inspector = await serveInspector({
    pageDir: join(programDir, 'inspector'),
    chartsDir: join(programDir, 'charts'),
    port,
    recordingFile,
    followServers: (onServers) =>
      recordingFile === null
        ? followServers({
            folder,
            ownUid: nodeProcess.getuid?.() ?? null,
            report,
            onServers: (records) => onServers(records.map(runningServer)),
          })
        : () => undefined,
    watch: (serverId, signal) => watchText(socketOf(folder, serverId), nodeProcess.platform, signal),
    nowMs: Date.now,
    report,
  });
  const { link, issueLink } = inspector;
  return { port: inspector.port, link, issueLink, closed: whenAskedToEnd(nodeProcess).then(inspector.close) };
}

const runningServer = ({ serverId, process: { pid }, version, projectDir, wrapped, startedAtMs }: ServerRecord) => ({
  serverId,
  pid,
  version,
  // Records may hold secrets; what is sent to a page is redacted, as the server's own messages are.
  projectDir: redact.text(projectDir),
  ...(wrapped === undefined ? {} : { name: redact.text(wrapped.name) }),
  startedAtMs,
});

const redact = createRedactor(new Set());
