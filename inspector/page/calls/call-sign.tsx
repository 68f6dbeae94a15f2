import type { CallStatus } from '../../model/recording.ts';

const signs: Readonly<Record<CallStatus, string>> = {
  waiting: 'waiting',
  running: 'active',
  failed: 'error',
  unsuccessful: 'unsuccessful',
  unanswered: 'unanswered',
  unknown: 'unanswered',
  cancelled: 'cancelled',
  ok: 'done',
};

/** The status of a call as a sign; its word stands beside it. */
export function CallSign({ status }: { readonly status: CallStatus }) {
  return <span class={`sign ${signs[status]}`} aria-hidden="true" />;
}
