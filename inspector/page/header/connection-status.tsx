import { dayText } from '../../../src/domain/clock-text.ts';
import { durationText } from '../../../src/domain/duration-text.ts';
import { describePast } from '../../model/describe-past.ts';
import { type Connection, connection, revision, server, type WatchedServer } from '../page-state.ts';

/** The state of the connection to the server, and how much of its past is known. */
export function ConnectionStatus() {
  const shown = server.value;
  revision.value;
  return (
    <p class="connection" role="status">
      <span class={hasProblem(connection.value, shown) ? 'trouble' : undefined}>
        {describeConnection(connection.value, shown)}
      </span>
      {shown === null ? null : (
        <span class="quiet">
          {' '}
          {describePast({
            hello: shown.recording.hello,
            forgotten: shown.recording.first + (shown.file?.header.forgotten ?? 0),
            lost: shown.recording.lost,
          })}
        </span>
      )}
    </p>
  );
}

function hasProblem({ kind }: Connection, shown: WatchedServer | null): boolean {
  if (shown?.file != null) return false;
  const status = shown?.line?.status;
  return kind === 'broken' || kind === 'refused' || status === 'disappeared' || status === 'unreachable';
}

function describeConnection(state: Connection, shown: WatchedServer | null): string {
  if (shown?.file != null) return `Recording, saved ${dayText(shown.file.header.savedAtMs)}.`;
  switch (state.kind) {
    case 'refused':
      return 'This page has no access. Open the link that maitred inspect printed.';
    case 'broken':
      return `The inspector does not answer. If it has ended, run maitred inspect again and open the new link. Received messages are kept. Retrying in ${durationText(state.againInMs)}.`;
    case 'connecting':
      return 'Connecting …';
    case 'open':
      if (shown === null) return 'No server is running. New servers appear here.';
      return shown.line?.why ?? statusTexts[shown.line?.status ?? 'running'];
  }
}

const statusTexts = {
  running: 'The server is running.',
  ended: 'The server has ended.',
  disappeared: 'The server ended without giving a reason.',
  unreachable: 'The server is running but cannot be watched.',
} as const;
