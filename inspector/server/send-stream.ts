import { setMaxListeners } from 'node:events';
import type { ServerResponse } from 'node:http';
import { encodeJson } from '../../src/domain/encode-json.ts';
import type { ServerLine } from '../model/page-line.ts';
import { answerHeaders, type Exchange } from './answer.ts';
import type { InspectorDeps } from './inspector-deps.ts';
import { describeWatchProblem, hasLeft, type ServerConnections } from './server-connections.ts';

type FollowedServers = Pick<ServerConnections, 'follow' | 'textsOf'>;

/**
 * Sends a page the messages of all servers, through connections of its own, and what is remembered of servers that have left, until the page is closed.
 * Reads only as fast as the page does; a server counts the messages that a slow page misses.
 */
export async function sendStream(
  { request, response }: Exchange,
  { servers, watch }: { readonly servers: FollowedServers; readonly watch: InspectorDeps['watch'] },
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
  /** Servers of which the page has got messages. */
  const shown = new Set<string>();
  const lines = new Map<string, ServerLine>();

  const pass = async (line: ServerLine): Promise<void> => {
    const { serverId } = line;
    // If the server has ended meanwhile, the failed connection is only a consequence.
    const reportUnreachable = async (why: string) => {
      if (lines.get(serverId)?.status === 'running') await write(lineText({ ...line, status: 'unreachable', why }));
    };
    const lineEnd = `,"serverId":${encodeJson(serverId)}}\n`;
    let hasCome = false;
    watched.add(serverId);
    try {
      for await (const text of hasLeft(line) ? servers.textsOf(serverId) : watch(serverId, closing.signal)) {
        hasCome = true;
        shown.add(serverId);
        // A newline is always the end of a line: JSON escapes those in texts.
        await write(text.replaceAll('}\n', lineEnd));
      }
      if (!hasCome) await reportUnreachable('It has as many watchers as it serves: close another inspector.');
    } catch (problem) {
      await reportUnreachable(describeWatchProblem(problem));
    } finally {
      watched.delete(serverId);
    }
    const newest = lines.get(serverId);
    // It left while this connection to it was opened.
    if (!hasCome && !hasLeft(line) && newest !== undefined && hasLeft(newest)) await pass(newest);
  };

  for await (const line of servers.follow(closing.signal)) {
    lines.set(line.serverId, line);
    await write(lineText(line));
    const isWanted = line.status === 'running' || (hasLeft(line) && !shown.has(line.serverId));
    if (isWanted && !watched.has(line.serverId)) void pass(line);
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
