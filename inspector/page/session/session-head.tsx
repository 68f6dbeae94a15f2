import { batch } from '@preact/signals';
import { countText } from '../../../src/domain/count-text.ts';
import { durationText } from '../../../src/domain/duration-text.ts';
import { shortName } from '../../../src/domain/short-name.ts';
import { callName, statusText } from '../../model/describe-call.ts';
import { describeSessionState, tokensText } from '../../model/describe-session.ts';
import type { ActorAt } from '../../model/recording.ts';
import type { Timeline } from '../../model/session-timeline.ts';
import { CallSign } from '../calls/call-sign.tsx';
import { areDetailsOpen, calls, chosen } from '../calls/shown-calls.ts';
import { server, view } from '../page-state.ts';
import { shownAtMs } from './shown-session.ts';

export interface SessionHeadProps {
  readonly session: ActorAt;
  readonly timeline: Timeline;
}

/** The session in short: its state, its totals, and the call that asked for it. */
export function SessionHead({ session, timeline }: SessionHeadProps) {
  const { name, snapshot } = session;
  return (
    <header class="session-head">
      <h2>
        <span class={`sign machine ${snapshot.snapshot.status}`} aria-hidden="true" /> {shortName(name)}
      </h2>
      <p>
        <b>{describeSessionState(session)}</b> <span class="quiet">{factsOf(session, timeline).join(' · ')}</span>
      </p>
      <AskedBy number={session.call} />
    </header>
  );
}

function factsOf({ snapshot }: ActorAt, timeline: Timeline): string[] {
  const { model, turns, calls: toolCalls, failedCalls, tokens, fromMs } = timeline;
  const used = tokensText(tokens);
  const endMs = snapshot.snapshot.status === 'active' ? shownAtMs.value : snapshot.atMs;
  return [
    ...(model === null ? [] : [model]),
    countText(turns, 'turn'),
    `${countText(toolCalls, 'tool call')}${failedCalls === 0 ? '' : `, ${failedCalls} failed`}`,
    ...(used === '' ? [] : [`tokens: ${used}`]),
    ...(fromMs === null ? [] : [durationText(Math.max(0, endMs - fromMs))]),
  ];
}

/** The call that asked for the session; it leads to the call. */
function AskedBy({ number }: { readonly number: number | null }) {
  const call = calls.value.find(({ message }) => message.number === number);
  if (call === undefined) return null;
  return (
    <p>
      Asked for by{' '}
      <button
        type="button"
        class="button"
        onClick={() =>
          batch(() => {
            chosen.value = { serverId: server.value?.id ?? '', number: call.message.number };
            areDetailsOpen.value = true;
            view.value = 'calls';
          })
        }
      >
        <CallSign status={call.status} />
        {callName(call.message)}, {statusText(call)}
      </button>
    </p>
  );
}
