import { createRecording } from '../../model/create-recording.ts';
import type { PageLine, ServerLine } from '../../model/page-line.ts';
import { createPageLineReader } from '../../model/page-line-reader.ts';
import { connection, hasLeft, refreshSoon, servers } from '../page-state.ts';
import { notify } from '../widgets/notify.ts';
import { followStream } from './follow-stream.ts';

/** Records the messages of the servers while the page is open. */
export function watchServers(): void {
  void followStream({
    begin() {
      const complete = new Set(
        servers
          .peek()
          .filter(hasLeft)
          .map(({ id }) => id),
      );
      const keepLine = (line: PageLine) => {
        if (line.type === 'inspector.server') updateServer(line);
        else keepMessage(line, complete);
      };
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

/** @param complete servers that had left before the stream began: the inspector sends again what it remembers of them */
function keepMessage(message: Exclude<PageLine, ServerLine>, complete: ReadonlySet<string>): void {
  const of = servers.peek().find(({ id }) => id === message.serverId);
  if (of === undefined || (complete.has(of.id) && hasLeft(of))) return;
  of.recording.push(message);
}

function updateServer(line: ServerLine): void {
  const { serverId: id } = line;
  const known = servers.peek();
  servers.value = known.some((each) => each.id === id)
    ? known.map((each) => (each.id === id ? { ...each, line } : each))
    : [...known, { id, recording: createRecording(id), line, file: null }];
}
