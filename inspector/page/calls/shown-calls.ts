import { computed, signal } from '@preact/signals';
import { isPending } from '../../model/call-histories.ts';
import { type CallOrder, createCallTable } from '../../model/call-table.ts';
import type { CallAt, CallStatus } from '../../model/recording.ts';
import { isLive, isOver, moment, momentAtMs, recording, server } from '../page-state.ts';
import { createClock } from '../widgets/clock.ts';

export const text = signal('');
export const wantedName = signal<string | null>(null);
export const wantedStatus = signal<CallStatus | null>(null);

/** null: that of their arrival. */
export const order = signal<CallOrder | null>(null);

/** The chosen call; it stays chosen when its details are closed. Servers use the same numbers. */
export const chosen = signal<{ readonly serverId: string; readonly number: number } | null>(null);
export const areDetailsOpen = signal(false);

const now = createClock(1_000);

/** The calls of the server at the moment. */
export const calls = computed<readonly CallAt[]>(() => {
  const known = recording.value?.callsAt(moment.value) ?? [];
  return isOver.value ? known.map(unanswered) : known;
});

const unanswered = (call: CallAt): CallAt => (isPending(call.status) ? { ...call, status: 'unanswered' } : call);

/** The number of calls that failed before the recording began: no event reports them. */
export const failedBefore = computed(() => {
  const sinceMs = recording.value?.hello?.recording.sinceMs ?? 0;
  const isBefore = ({ status, message }: CallAt) => status === 'failed' && (message.answeredAtMs ?? sinceMs) < sinceMs;
  return calls.value.filter(isBefore).length;
});

/** Up to when pending calls wait or run: the clock only runs while there are some. */
export const shownAtMs = computed(() => {
  const isRunning = isLive.value && server.value?.line?.status === 'running';
  const hasPending = isRunning && calls.value.some(({ status }) => isPending(status));
  return hasPending ? now.value : (momentAtMs.value ?? 0);
});

const table = computed(() =>
  recording.value === null
    ? null
    : createCallTable(recording.value, { text: text.value, name: wantedName.value, status: wantedStatus.value }),
);

export const rows = computed<readonly CallAt[]>(
  () => table.value?.rows(calls.value, order.value, { moment: moment.value, atMs: shownAtMs.value }) ?? [],
);
