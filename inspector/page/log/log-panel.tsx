import { batch, computed, signal } from '@preact/signals';
import { countText } from '../../../src/domain/count-text.ts';
import { createEventLog, type EventLog } from '../../model/event-log.ts';
import type { LogRow } from '../../model/log-row.ts';
import { failedBefore, wantedStatus } from '../calls/shown-calls.ts';
import { moment, recording, view } from '../page-state.ts';
import { Checkbox } from '../widgets/checkbox.tsx';
import { VirtualRows } from '../widgets/virtual-rows.tsx';
import { ActorOnly, isOfActorOnly, wantedActorId } from './actor-only.tsx';
import { LogDetails } from './log-details.tsx';
import { LogLine } from './log-line.tsx';

const text = signal('');
const areErrorsOnly = signal(false);

/** The chosen row, by its position: its index changes with the filter. */
const chosenPosition = signal<number | null>(null);

const log = computed<EventLog | null>(() =>
  recording.value === null
    ? null
    : createEventLog(recording.value, {
        text: text.value,
        sessionId: wantedActorId.value,
        onlyErrors: areErrorsOnly.value,
      }),
);

/** The events up to the moment, the newest at the end. */
export function LogPanel() {
  const shown = log.value;
  const count = shown?.countAt(moment.value) ?? 0;
  const rowAt = (index: number): LogRow | undefined => shown?.rows(index, index + 1)[0];
  const place = chosenPosition.value === null ? -1 : (shown?.countAt(chosenPosition.value) ?? -1);
  const found = place < 0 || place >= count ? undefined : rowAt(place);
  const chosen = found?.position === chosenPosition.value ? (found ?? null) : null;
  return (
    <>
      <Filters />
      <FailedBefore />
      {count === 0 ? <p class="nothing">{log.value === null ? 'No events yet.' : whyNone()}</p> : null}
      <VirtualRows
        label="Events"
        view="events"
        count={count}
        rowHeightPx={24}
        chosen={chosen === null ? -1 : place}
        onChoose={(index) => {
          chosenPosition.value = rowAt(index)?.position ?? null;
        }}
        rowClass={(index) => classOf(rowAt(index))}
        showRow={(index) => show(rowAt(index))}
      />
      {chosen === null ? null : (
        <LogDetails
          row={chosen}
          onClose={() => {
            chosenPosition.value = null;
          }}
        />
      )}
    </>
  );
}

const whyNone = (): string =>
  text.value === '' && !isOfActorOnly.value && !areErrorsOnly.value
    ? 'No events before this moment.'
    : 'No events before this moment match the filter.';

/** Failed calls from before the recording have no events. */
function FailedBefore() {
  const failed = failedBefore.value;
  if (failed === 0 || !areErrorsOnly.value || isOfActorOnly.value || text.value !== '') return null;
  return (
    <p class="before">
      {countText(failed, 'call')} failed before the recording began.
      <button
        type="button"
        class="button"
        onClick={() =>
          batch(() => {
            wantedStatus.value = 'failed';
            view.value = 'calls';
          })
        }
      >
        See Calls
      </button>
    </p>
  );
}

const show = (row: LogRow | undefined) => (row === undefined ? null : <LogLine row={row} />);

const classOf = (row: LogRow | undefined): string => {
  if (row === undefined) return '';
  return `${row.isError ? 'failed' : ''} ${row.logKind === 'event' ? '' : 'not-event'}`;
};

function Filters() {
  return (
    <div class="filters">
      <input
        class="field"
        type="search"
        placeholder="Filter by type"
        aria-label="Filter by type"
        data-filter="type"
        value={text.value}
        onInput={(event) => {
          text.value = event.currentTarget.value;
        }}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return;
          batch(() => {
            text.value = '';
            event.currentTarget.blur();
          });
        }}
      />
      <ActorOnly />
      <Checkbox label="Errors only" checked={areErrorsOnly} />
    </div>
  );
}
