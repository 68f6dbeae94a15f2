import type { CallColumn } from '../../model/call-table.ts';
import { order } from './shown-calls.ts';

const columns: readonly (readonly [CallColumn, string])[] = [
  ['status', 'Status'],
  ['tool', 'Tool'],
  ['waited', 'Waited'],
  ['ran', 'Ran'],
  ['size', 'Size'],
  ['request', 'Arguments'],
  ['answer', 'Result'],
];

/** The names of the columns. Each sorts by its column: up, down, and back to the order of arrival. */
export function CallHead() {
  return columns.map(([column, label]) => {
    const sorting = order.value?.column === column ? order.value : null;
    const direction = sorting === null ? 'none' : sorting.isDescending ? 'descending' : 'ascending';
    return (
      <th key={column} class={column} scope="col" aria-sort={direction}>
        <button
          type="button"
          title={`Sort by ${label.toLowerCase()}`}
          onClick={({ currentTarget }) => {
            order.value = sorting?.isDescending === true ? null : { column, isDescending: sorting !== null };
            currentTarget.closest('table')?.scrollTo({ top: 0 });
          }}
        >
          {label}
          {sorting === null ? null : <span aria-hidden="true"> {sorting.isDescending ? '▼' : '▲'}</span>}
        </button>
      </th>
    );
  });
}
