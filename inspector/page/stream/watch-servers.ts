import { createRecording } from '../../model/create-recording.ts';
import { createLineReader } from '../../model/line-reader.ts';
import type { PageLine, ServerLine } from '../../model/page-line.ts';
import { link, refreshSoon, servers } from '../page-state.ts';
import { notify } from '../parts/notify.ts';
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

function keepLine(line: PageLine): void {
  if (line.type === 'inspector.server') knowServer(line);
  else
    servers
      .peek()
      .find(({ id }) => id === line.serverId)
      ?.recording.push(line);
}

function knowServer(line: ServerLine): void {
  const { serverId: id } = line;
  const known = servers.peek();
  servers.value = known.some((each) => each.id === id)
    ? known.map((each) => (each.id === id ? { ...each, line } : each))
    : [...known, { id, recording: createRecording(id), line, file: null }];
}
