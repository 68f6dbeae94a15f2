import { batch } from '@preact/signals';
import { describeCount } from '../../model/describe-call.ts';
import type { CallAt } from '../../model/recording.ts';
import { moment, recording, server } from '../page-state.ts';
import { VirtualTable } from '../widgets/virtual-table.tsx';
import { CallDetails } from './call-details.tsx';
import { CallFilters } from './call-filters.tsx';
import { CallHead } from './call-head.tsx';
import { CallRow } from './call-row.tsx';
import { areDetailsOpen, calls, chosen, order, rows } from './shown-calls.ts';

/** Every call up to the moment as a table, and the details of the chosen one. */
export function CallsPanel() {
  const counted = recording.value?.callCountAt(moment.value) ?? null;
  if (calls.value.length === 0 && counted === null)
    return (
      <p class="nothing" data-view="calls" tabIndex={-1}>
        {recording.value === null ? 'No calls yet.' : 'No calls up to this moment.'}
      </p>
    );
  const shown = rows.value;
  const number = chosen.value?.serverId === server.value?.id ? chosen.value?.number : undefined;
  const place = shown.findIndex(({ message }) => message.number === number);
  const call = shown[place];
  const open = (index: number) =>
    batch(() => {
      chosen.value = { serverId: server.value?.id ?? '', number: shown[index]?.message.number ?? 0 };
      areDetailsOpen.value = true;
    });
  return (
    <div class="calls">
      <CallFilters />
      {counted === null ? null : <p class="counted">{describeCount(counted)}</p>}
      <VirtualTable
        label="Calls"
        view="calls"
        count={shown.length}
        rowHeightPx={42}
        head={<CallHead />}
        headHeightPx={42}
        followsEnd={order.value === null}
        chosen={place}
        onChoose={open}
        rowClass={(index) => shown[index]?.status ?? ''}
        showRow={(index) => show(shown[index])}
      />
      {shown.length === 0 ? <p class="nothing">No calls up to this moment match the filter.</p> : null}
      {call === undefined || !areDetailsOpen.value ? null : (
        <CallDetails key={call.message.number} call={call} onClose={close} />
      )}
    </div>
  );
}

const show = (call: CallAt | undefined) => (call === undefined ? null : <CallRow call={call} />);

function close(): void {
  areDetailsOpen.value = false;
  document.querySelector<HTMLElement>('[data-view="calls"]')?.focus();
}
