import { statusWords } from '../../model/describe-call.ts';
import { isNarrow } from '../page-state.ts';
import { CallSign } from './call-sign.tsx';
import { calls } from './shown-calls.ts';

/** The number of calls, of those that failed, and of those without success, for the tab. */
export function CallsCount() {
  const count = calls.value.length;
  if (count === 0) return null;
  return (
    <span class="count">
      {' '}
      {count}
      <Part status="failed" />
      <Part status="unsuccessful" />
    </span>
  );
}

/** A narrow page has no room for the word: its sign stands for it. */
function Part({ status: wanted }: { readonly status: 'failed' | 'unsuccessful' }) {
  const count = calls.value.filter(({ status }) => status === wanted).length;
  if (count === 0) return null;
  return (
    <b class={wanted} title={`${count} ${statusWords[wanted]}`}>
      {isNarrow.value ? <CallSign status={wanted} /> : ' ·'} {count}{' '}
      <span class={isNarrow.value ? 'for-readers' : undefined}>{statusWords[wanted]}</span>
    </b>
  );
}
