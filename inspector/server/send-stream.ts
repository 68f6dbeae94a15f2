import { setMaxListeners } from 'node:events';
import type { ServerResponse } from 'node:http';
import { encodeJson } from '../../src/domain/encode-json.ts';
import type { ServerLine } from '../model/page-line.ts';
import { answerHeaders, type Exchange } from './answer.ts';
import type { InspectorDeps } from './inspector-deps.ts';
import { describeWatchProblem, type ServerConnections } from './server-connections.ts';

/**
 * Sends a page the messages of all servers, through connections of its own, until the page is closed. Reads only as fast as the page does; a server counts
 * the messages that a slow page misses.
 */
export async function sendStream(
  { request, response }: Exchange,
  { servers, watch }: { readonly servers: Pick<ServerConnections, 'follow'>; readonly watch: InspectorDeps['watch'] },
): Promise<void> {
  response.writeHead(200, { ...answerHeaders, 'content-type': 'application/x-ndjson' });
  if (request.method === 'HEAD') {
    response.end();
    return;
  }
  response.flushHeaders();
  const closing = new AbortController();
  // The number of servers is not limited.
  setMaxListeners(0, closing.signal);
  response.once('close', () => closing.abort());
  const write = createWriter(response);
  const watched = new Set<string>();
  const statuses = new Map<string, ServerLine['status']>();

  const pass = async (line: ServerLine) => {
    const { serverId } = line;
    // If the server has ended meanwhile, the failed connection is only a consequence.
    const reportUnreachable = async (why: string) => {
      if (statuses.get(serverId) === 'running') await write(lineText({ ...line, status: 'unreachable', why }));
    };
    const lineEnd = `,"serverId":${encodeJson(serverId)}}\n`;
    let hasCome = false;
    watched.add(serverId);
    try {
      for await (const text of watch(serverId, closing.signal)) {
        hasCome = true;
        // A newline is always the end of a line: JSON escapes those in texts.
        await write(text.replaceAll('}\n', lineEnd));
      }
      if (!hasCome) await reportUnreachable('It has as many watchers as it serves: close another inspector.');
    } catch (problem) {
      await reportUnreachable(describeWatchProblem(problem));
    } finally {
      watched.delete(serverId);
    }
  };

  for await (const line of servers.follow(closing.signal)) {
    statuses.set(line.serverId, line.status);
    await write(lineText(line));
    if (line.status === 'running' && !watched.has(line.serverId)) void pass(line);
  }
}

const lineText = (line: ServerLine) => `${encodeJson(line)}\n`;

/** Each write settles when there is room for more, or the page is closed. */
function createWriter(response: ServerResponse): (text: string) => Promise<void> {
  let room: Promise<void> | null = null;
  return async (text) => {
    // Several servers may wait at the same time.
    while (room !== null) await room;
    if (response.destroyed || response.write(text)) return;
    room = new Promise((resolve) => {
      const makeRoom = () => {
        response.off('drain', makeRoom).off('close', makeRoom);
        room = null;
        resolve();
      };
      response.on('drain', makeRoom).on('close', makeRoom);
    });
  };
}
