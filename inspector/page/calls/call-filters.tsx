import type { Signal } from '@preact/signals';
import { callName, statusWords } from '../../model/describe-call.ts';
import type { CallStatus } from '../../model/recording.ts';
import { calls, text, wantedName, wantedStatus } from './shown-calls.ts';

/** Which calls are listed: by text, tool and status. */
export function CallFilters() {
  const names = [...new Set(calls.value.map(({ message }) => callName(message)))].sort();
  return (
    <div class="filters">
      <input
        class="field"
        type="search"
        placeholder="Filter by text"
        aria-label="Filter by text in request, answer and log"
        value={text.value}
        onInput={(event) => {
          text.value = event.currentTarget.value;
        }}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return;
          text.value = '';
          event.currentTarget.blur();
        }}
      />
      <Choice label="Tool" all="All tools" options={names.map((name) => [name, name])} chosen={wantedName} />
      <Choice label="Status" all="Any status" options={statuses} chosen={wantedStatus} />
    </div>
  );
}

const statuses = Object.entries(statusWords) as [CallStatus, string][];

interface ChoiceProps<Value extends string> {
  readonly label: string;
  readonly all: string;
  readonly options: readonly (readonly [Value, string])[];
  readonly chosen: Signal<Value | null>;
}

/** A chosen value stays in the list at moments at which no call has it. */
function Choice<Value extends string>({ label, all, options, chosen }: ChoiceProps<Value>) {
  const { value } = chosen;
  const isListed = value === null || options.some(([option]) => option === value);
  const listed: typeof options = isListed ? options : [...options, [value, value]];
  return (
    <select
      class="field"
      aria-label={label}
      value={value ?? ''}
      onChange={({ currentTarget }) => {
        chosen.value = listed.find(([option]) => option === currentTarget.value)?.[0] ?? null;
      }}
    >
      <option value="">{all}</option>
      {listed.map(([option, word]) => (
        <option key={option} value={option}>
          {word}
        </option>
      ))}
    </select>
  );
}
