import { createRecording } from '../../model/create-recording.ts';
import { createLineReader } from '../../model/line-reader.ts';
import type { ServerLine, WindowLine } from '../../model/window-line.ts';
import { link, notify, refreshSoon, servers, type WatchedServer } from '../page-state.ts';
import { followStream } from './follow-stream.ts';

/** Keeps what the servers say, for as long as the page is there. */
export function watchServers(): void {
  void followStream({
    begin() {
      const reader = createLineReader(keepLine, (problem) => notify(problem, { isError: true }));
      return (text) => {
        reader.take(text);
        refreshSoon();
      };
    },
    say(state) {
      link.value = state;
    },
  });
}

function keepLine(line: WindowLine): void {
  if (line.type === 'window.server') knowServer(line);
  else
    servers
      .peek()
      .find(({ id }) => id === line.serverId)
      ?.recording.push(line);
  if (line.type === 'maitred.lost') changeServer(line.serverId, ({ lost }) => ({ lost: lost + line.messages }));
}

function knowServer(line: ServerLine): void {
  if (servers.peek().some(({ id }) => id === line.serverId)) changeServer(line.serverId, () => ({ line }));
  else
    servers.value = [
      ...servers.peek(),
      { id: line.serverId, recording: createRecording(line.serverId), line, lost: 0, file: null },
    ];
}

function changeServer(serverId: string, change: (of: WatchedServer) => Partial<WatchedServer>): void {
  servers.value = servers.peek().map((each) => (each.id === serverId ? { ...each, ...change(each) } : each));
}
