import { createRecording } from '../../model/create-recording.ts';
import type { PageLine, ServerLine } from '../../model/page-line.ts';
import { createPageLineReader } from '../../model/page-line-reader.ts';
import { connection, refreshSoon, servers } from '../page-state.ts';
import { notify } from '../widgets/notify.ts';
import { followStream } from './follow-stream.ts';

/** Records the messages of the servers while the page is open. */
export function watchServers(): void {
  void followStream({
    begin() {
      const reader = createPageLineReader(keepLine, (problem) => notify(problem, { isError: true }));
      return (text) => {
        reader.take(text);
        refreshSoon();
      };
    },
    onConnection(state) {
      connection.value = state;
    },
  });
}

function keepLine(line: PageLine): void {
  if (line.type === 'inspector.server') updateServer(line);
  else
    servers
      .peek()
      .find(({ id }) => id === line.serverId)
      ?.recording.push(line);
}

function updateServer(line: ServerLine): void {
  const { serverId: id } = line;
  const known = servers.peek();
  servers.value = known.some((each) => each.id === id)
    ? known.map((each) => (each.id === id ? { ...each, line } : each))
    : [...known, { id, recording: createRecording(id), line, file: null }];
}
