import { moment, recordingEnd, recordingFirst, server } from '../page-state.ts';

/** Where the lifecycle came into a state, above the slider. */
export function TimeMarks() {
  const first = recordingFirst.value;
  const end = recordingEnd.value;
  const recording = server.value?.recording;
  const whole = end - first;
  if (recording === undefined || whole === 0) return null;
  const placeOf = (position: number) => `${(100 * (position - first)) / whole}%`;
  const phases = recording
    .phasesAt(end)
    .map(({ state, atMs }) => ({ state, position: recording.momentAt(atMs) }))
    .filter(({ position }) => position > first);
  return (
    <div class="marks" aria-hidden="true">
      <div class="past" style={{ width: placeOf(moment.value) }} />
      {phases.map(({ state, position }) => (
        <div key={`${state} ${position}`} class="mark phase" style={{ left: placeOf(position) }} title={state}>
          <span>{state}</span>
        </div>
      ))}
    </div>
  );
}
