import { setMaxListeners } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { ServerLine } from '../model/page-line.ts';
import type { Exchange } from './answer.ts';
import { answerHeaders } from './answer-headers.ts';
import type { InspectorDeps } from './inspector-deps.ts';
import type { KeptServers } from './keep-servers.ts';
import { sayProblem } from './say-problem.ts';

/**
 * Gives a page everything that all servers say, through connections of its own, until it leaves. Nothing is read that the page does not
 * take: a slow one makes the servers drop and count.
 */
export async function giveStream(
  { request, response }: Exchange,
  { servers, watch }: { readonly servers: Pick<KeptServers, 'follow'>; readonly watch: InspectorDeps['watch'] },
): Promise<void> {
  response.writeHead(200, { ...answerHeaders, 'content-type': 'application/x-ndjson' });
  if (request.method === 'HEAD') {
    response.end();
    return;
  }
  response.flushHeaders();
  const leaving = new AbortController();
  // There may be any number of servers.
  setMaxListeners(0, leaving.signal);
  response.once('close', () => leaving.abort());
  const write = createWriter(response);
  const watched = new Set<string>();
  const statuses = new Map<string, ServerLine['status']>();

  const pass = async (line: ServerLine) => {
    const { serverId } = line;
    // A connection that fails because its server has gone meanwhile has nothing to add to that.
    const cannot = async (why: string) => {
      if (statuses.get(serverId) === 'running') await write(lineText({ ...line, status: 'unreachable', why }));
    };
    const mark = `,"serverId":${JSON.stringify(serverId)}}\n`;
    let hasCome = false;
    watched.add(serverId);
    try {
      for await (const text of watch(serverId, leaving.signal)) {
        hasCome = true;
        // Inside of a line there is no line break: JSON writes one as an escape.
        await write(text.replaceAll('}\n', mark));
      }
      if (!hasCome) await cannot('It has as many watchers as it serves: close another inspector.');
    } catch (problem) {
      await cannot(sayProblem(problem));
    } finally {
      watched.delete(serverId);
    }
  };

  for await (const line of servers.follow(leaving.signal)) {
    statuses.set(line.serverId, line.status);
    await write(lineText(line));
    if (line.status === 'running' && !watched.has(line.serverId)) void pass(line);
  }
}

const lineText = (line: ServerLine) => `${JSON.stringify(line)}\n`;

/** Writes a piece when there is room after the one before, or nobody reads any more. */
function createWriter(response: ServerResponse): (text: string) => Promise<void> {
  let room: Promise<void> | null = null;
  return async (text) => {
    // Several servers may wait for the same room.
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
