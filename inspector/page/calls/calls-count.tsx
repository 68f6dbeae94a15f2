import { isNarrow } from '../page-state.ts';
import { CallSign } from './call-sign.tsx';
import { calls, countOf } from './shown-calls.ts';

/** The number of calls, of those that failed, and of those without success, for the tab. */
export function CallsCount() {
  const count = calls.value.length;
  const failed = countOf('failed');
  const unsuccessful = countOf('unsuccessful');
  if (count === 0) return null;
  return (
    <span class="count">
      {' '}
      {count}
      {failed === 0 ? null : <b> · {failed} failed</b>}
      {unsuccessful === 0 ? null : (
        <b class="unsuccessful" title={`${unsuccessful} without success`}>
          {' '}
          · {unsuccessful} {isNarrow.value ? <CallSign status="unsuccessful" /> : null}
          <span class={isNarrow.value ? 'for-readers' : undefined}>without success</span>
        </b>
      )}
    </span>
  );
}
