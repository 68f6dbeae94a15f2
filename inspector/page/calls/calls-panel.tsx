import { secondText } from '../../../src/domain/clock-text.ts';
import { durationText } from '../../../src/domain/duration-text.ts';
import type { SeenCall } from '../../../src/domain/inspection.ts';
import { isLive, moment, momentAtMs, server } from '../page-state.ts';
import { createClock } from '../widgets/clock.ts';

const now = createClock(1_000);

/** The tool calls in flight at the moment, and the waiting ones with what they wait for. */
export function CallsPanel() {
  const calls = server.value?.recording.callsAt(moment.value) ?? null;
  if (server.value === null || calls === null)
    return (
      <p class="nothing" data-view="calls" tabIndex={-1}>
        {server.value === null ? 'No calls yet.' : 'No calls up to this moment.'}
      </p>
    );
  const isRunning = server.value.line?.status === 'running' && isLive.value;
  const atMs = isRunning && calls.calls.length > 0 ? now.value : (momentAtMs.value ?? Number(calls.createdAt));
  const isRunningCall = ({ waitsFor }: SeenCall) => waitsFor === null;
  return (
    <div class="calls scroll" data-view="calls" tabIndex={-1}>
      <Group title="In flight" count={calls.inFlight} calls={calls.calls.filter(isRunningCall)} atMs={atMs} />
      <Group
        title="Waiting"
        count={calls.waiting}
        calls={calls.calls.filter((call) => !isRunningCall(call))}
        atMs={atMs}
      />
    </div>
  );
}

interface GroupProps {
  readonly title: string;
  readonly count: number;
  readonly calls: readonly SeenCall[];
  readonly atMs: number;
}

function Group({ title, count, calls, atMs }: GroupProps) {
  const others = count - calls.length;
  return (
    <section>
      <h3>
        {title} <b>{count}</b>
      </h3>
      <ul>
        {calls.map(({ tool, sinceMs, waitsFor }, index) => (
          <li key={`${tool} ${sinceMs} ${index}`}>
            <span class={waitsFor === null ? 'sign active' : 'sign waiting'} />
            <span class="tool">{tool}</span>
            <span class="quiet" title={`since ${secondText(sinceMs)}`}>
              {durationText(Math.max(0, atMs - sinceMs))}
            </span>
            {waitsFor === null ? null : <span class="why">{describeWait(waitsFor)}</span>}
          </li>
        ))}
      </ul>
      {others > 0 ? <p class="quiet">and {others} more</p> : null}
    </section>
  );
}

const describeWait = (tasks: readonly string[]): string =>
  tasks.length === 0 ? 'waits for a slot: the maximum number of calls is running' : `waits for ${tasks.join(', ')}`;
