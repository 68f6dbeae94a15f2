import { bytesText } from '../../../src/domain/bytes-text.ts';
import { durationText } from '../../../src/domain/duration-text.ts';
import {
  answerText,
  callName,
  describePending,
  describeWait,
  ranMs,
  requestText,
  statusText,
  waitedMs,
} from '../../model/describe-call.ts';
import type { CallAt } from '../../model/recording.ts';
import { CallSign } from './call-sign.tsx';
import { shownAtMs } from './shown-calls.ts';

/** A call in two lines: what came of it and how long it took; what it was asked and what it answered. */
export function CallRow({ call }: { readonly call: CallAt }) {
  const { message, status } = call;
  const { answer, waitsFor } = message;
  const atMs = shownAtMs.value;
  const [request, result] = [requestText(message), answer === null ? pendingText(call) : answerText(message)];
  return (
    <>
      <td class="status">
        <CallSign status={status} />
        {statusText(call)}
      </td>
      <Cell column="tool" text={callName(message)} />
      <Cell column="waited" text={timeText(waitedMs(call, atMs))} />
      <Cell column="ran" text={timeText(ranMs(call, atMs))} />
      <Cell column="size" text={answer === null ? '' : bytesText(answer.sizeBytes)} />
      <Cell column="request" text={request} />
      <Cell column={`answer ${waitsFor === null || answer !== null ? '' : 'waits'}`} text={result} />
    </>
  );
}

function Cell({ column, text }: { readonly column: string; readonly text: string }) {
  return (
    <td class={column} title={text}>
      {text}
    </td>
  );
}

const timeText = (ms: number | null): string => (ms === null ? '' : durationText(ms));

/** In place of a result. */
function pendingText(call: CallAt): string {
  const { waitsFor, progress } = call.message;
  switch (call.status) {
    case 'waiting':
      return describeWait(waitsFor ?? []);
    case 'running':
      return progress ?? '';
    default:
      return describePending(call) ?? '';
  }
}
