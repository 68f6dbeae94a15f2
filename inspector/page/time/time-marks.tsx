import { computed } from '@preact/signals';
import { createEventLog } from '../../model/event-log.ts';
import { describeRow } from '../../model/log-row.ts';
import { isNarrow, moment, recording, recordingEnd, recordingFirst } from '../page-state.ts';

/** Only the newest errors have marks. */
const mostErrors = 200;

const errors = computed(() =>
  recording.value === null ? null : createEventLog(recording.value, { onlyErrors: true }),
);

/** Marks for errors and for the phases of the lifecycle. */
export function TimeMarks() {
  const of = recording.value;
  const first = recordingFirst.value;
  const end = recordingEnd.value;
  const whole = end - first;
  if (of === null || whole === 0) return <div class="marks" />;
  const shareOf = (position: number) => (position - first) / whole;
  const placeOf = (position: number) => `${100 * shareOf(position)}%`;
  const errorCount = errors.value?.countAt(end) ?? 0;
  const failed = errors.value?.rows(errorCount - mostErrors, errorCount) ?? [];
  const phases = of
    .phasesAt(end)
    .map(({ state, atMs }) => ({ state, position: of.momentAt(atMs) }))
    .filter(({ position }) => position > first);
  return (
    <div class="marks" aria-hidden="true">
      <div class="past" style={{ width: placeOf(moment.value) }} />
      {phases.map(({ state, position }, index) => (
        <div key={`${state} ${position}`} class="mark" style={{ left: placeOf(position) }} title={state}>
          {hasRoom(shareOf(phases[index + 1]?.position ?? end) - shareOf(position)) ? <span>{state}</span> : null}
        </div>
      ))}
      {failed.map((row) => (
        <div
          key={row.position}
          class="mark error"
          style={{ left: placeOf(row.position) }}
          title={describeRow(row, of)}
        />
      ))}
    </div>
  );
}

/** Whether a phase's name fits before the next mark. */
const hasRoom = (share: number): boolean => share > (isNarrow.value ? 0.2 : 0.06);
