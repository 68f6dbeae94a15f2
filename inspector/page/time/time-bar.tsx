import { clockText } from '../../../src/domain/clock-text.ts';
import {
  goLive,
  goTo,
  hasLeft,
  isLive,
  isReceiving,
  moment,
  momentAtMs,
  recordingEnd,
  recordingFirst,
  server,
} from '../page-state.ts';
import { Icon } from '../widgets/icon.tsx';
import { stepBack, stepForward } from './step.ts';
import { TimeMarks } from './time-marks.tsx';

const steps = [
  { icon: 'back', label: 'Step back', title: 'Previous transition (← or ,)', step: stepBack },
  { icon: 'forward', label: 'Step forward', title: 'Next transition (→ or .)', step: stepForward },
] as const;

/** The slider over the whole recording, with its buttons. */
export function TimeBar() {
  const first = recordingFirst.value;
  const end = recordingEnd.value;
  const at = moment.value;
  const atMs = momentAtMs.value;
  const clock = atMs === null ? 'start' : clockText(atMs);
  const isOff = server.value === null || end === first;
  const isOver = server.value !== null && (server.value.file !== null || hasLeft(server.value));
  const isGreen = isLive.value && isReceiving.value;
  return (
    <section
      class={isLive.value ? `time ${isGreen ? 'live' : ''}` : 'time pinned'}
      aria-label="Time"
      data-moment={isLive.value ? 'live' : 'past'}
      data-position={at}
    >
      <div class="steps">
        {steps.map(({ icon, label, title, step }) => (
          <button
            key={icon}
            type="button"
            class="button"
            aria-label={label}
            title={`${title}; with Shift, of any actor`}
            disabled={isOff}
            onClick={({ shiftKey }) => step({ ofAny: shiftKey })}
          >
            <Icon name={icon} />
          </button>
        ))}
      </div>
      <div class="slider">
        <TimeMarks />
        <input
          type="range"
          aria-label="Moment"
          aria-valuetext={`${clock}, message ${at} of ${end}`}
          min={first}
          max={end}
          step={1}
          value={at}
          disabled={isOff}
          onInput={(event) => goTo(event.currentTarget.valueAsNumber)}
        />
      </div>
      <output class="clock">
        {isOff ? null : (
          <>
            <b>{clock}</b>
            <span class="quiet">
              {at} of {end}
            </span>
          </>
        )}
      </output>
      <button
        type="button"
        class="button go-live"
        aria-pressed={isLive.value}
        disabled={isOff}
        title={isOver ? 'Return to the end of the recording (L or End)' : 'Return to the present (L or End)'}
        onClick={goLive}
      >
        <span class={isGreen ? 'sign active' : 'sign'} />
        {isOver ? 'End' : 'Live'}
      </button>
    </section>
  );
}
