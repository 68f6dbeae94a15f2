import { durationText } from '../../../src/domain/duration-text.ts';
import { enteredPhases, isLifecycle, type PhaseSpan, phaseSpans } from '../../model/phase-spans.ts';
import { actors, isLive, moment, momentAtMs, revision, server } from '../page-state.ts';
import { createClock } from '../widgets/clock.ts';

const now = createClock(1_000);

/** The durations of the phases of start-up: a bar that opens a table. */
export function PhaseBar() {
  const of = server.value;
  revision.value;
  const startedAtMs = of?.recording.hello?.startedAtMs;
  if (of === null || startedAtMs === undefined) return null;
  const isGoingOn = of.line?.status === 'running' && isLive.value;
  const atMs = isGoingOn ? now.value : (momentAtMs.value ?? startedAtMs);
  const spans = phaseSpans(enteredPhases(of.recording.phasesAt(moment.value), lifecycleStates()), startedAtMs, atMs);
  const startUp = spans.filter(({ isStartUp }) => isStartUp);
  if (startUp.length === 0) return null;
  const wholeMs = startUp.reduce((sum, { durationMs }) => sum + durationMs, 0);
  const current = spans.at(-1);
  return (
    <details
      class="phases"
      onKeyDown={({ key, currentTarget }) => {
        if (key === 'Escape') currentTarget.open = false;
      }}
      onFocusOut={({ relatedTarget, currentTarget }) => {
        if (!(relatedTarget instanceof Node && currentTarget.contains(relatedTarget))) currentTarget.open = false;
      }}
    >
      <summary>
        <span class="quiet">Start-up</span>
        <span class="bar" aria-hidden="true">
          {startUp.map((span, index) => (
            <span
              key={span.state}
              class={`part part-${index % 5}`}
              style={{ flexGrow: String(Math.max(span.durationMs, wholeMs / 100)) }}
              title={describePhase(span)}
            />
          ))}
        </span>
        <b>{durationText(wholeMs)}</b>
        {current === undefined ? null : <span class="phase-now">{current.state}</span>}
      </summary>
      <table>
        <caption>Time per phase</caption>
        <tbody>
          {spans.map((span, index) => (
            <tr key={`${span.state} ${span.fromMs}`}>
              <td>
                <span class={span.isStartUp ? `swatch part-${index % 5}` : 'swatch'} />
              </td>
              <th scope="row">{span.state}</th>
              <td>{describeDuration(span)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}

const describePhase = (span: PhaseSpan): string => `${span.state}: ${describeDuration(span)}`;

function describeDuration({ durationMs, isOver, isStartUp }: PhaseSpan): string {
  if (isOver) return durationText(durationMs);
  return isStartUp ? `${durationText(durationMs)} so far` : 'since then';
}

const lifecycleStates = (): ReadonlySet<string> => actors.value.find(isLifecycle)?.active ?? new Set();
