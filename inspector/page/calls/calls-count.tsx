import { calls, failedCount } from './shown-calls.ts';

/** The number of calls, and of those that failed, for the tab. */
export function CallsCount() {
  const count = calls.value.length;
  const failed = failedCount.value;
  if (count === 0) return null;
  return (
    <span class="count">
      {' '}
      {count}
      {failed === 0 ? null : <b> · {failed} failed</b>}
    </span>
  );
}
