import { dayText } from '../../../src/domain/clock-text.ts';
import { durationText } from '../../../src/domain/duration-text.ts';
import { sayPast } from '../../model/say-past.ts';
import { type Link, link, revision, server, type WatchedServer } from '../page-state.ts';

/** How the page hears of the server, and what it knows of the past. */
export function ConnectionWords() {
  const of = server.value;
  revision.value;
  return (
    <p class="connection" role="status">
      <span class={isTroubled(link.value, of) ? 'trouble' : undefined}>{sayLink(link.value, of)}</span>
      {of === null ? null : (
        <span class="quiet">
          {' '}
          {sayPast({
            hello: of.recording.hello,
            forgotten: of.recording.first + (of.file?.header.forgotten ?? 0),
            lost: of.recording.lost,
          })}
        </span>
      )}
    </p>
  );
}

function isTroubled({ kind }: Link, of: WatchedServer | null): boolean {
  if (of?.file != null) return false;
  return kind === 'broken' || kind === 'refused' || of?.line?.status === 'gone' || of?.line?.status === 'unreachable';
}

function sayLink(state: Link, of: WatchedServer | null): string {
  if (of?.file != null) return `A recording, saved ${dayText(of.file.header.savedAtMs)}.`;
  switch (state.kind) {
    case 'refused':
      return 'This page may not look: open the link again that maitred inspect has printed.';
    case 'broken':
      return `The inspector is gone: start maitred inspect again, and open its new link. What was seen is kept. Trying again in ${durationText(state.againInMs)}.`;
    case 'connecting':
      return 'Connecting …';
    case 'open':
      if (of === null) return 'No server runs. One that starts is shown here.';
      return of.line?.why ?? serverWords[of.line?.status ?? 'running'];
  }
}

const serverWords = {
  running: 'The server runs.',
  left: 'The server has left.',
  gone: 'The server is gone without a policy.',
  unreachable: 'The server runs and cannot be watched.',
} as const;
