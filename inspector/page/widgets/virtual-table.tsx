import type { ComponentChildren, RefObject } from 'preact';
import { useVirtualRows, type VirtualRowsOptions } from './use-virtual-rows.ts';

export interface VirtualTableProps extends VirtualRowsOptions {
  readonly label: string;
  /** The name of the view, for the key that moves the focus to it. */
  readonly view: string;
  /** The header cells; they stay at the top. */
  readonly head: ComponentChildren;
  readonly rowClass: (index: number) => string;
  /** The cells of a row. */
  readonly showRow: (index: number) => ComponentChildren;
}

/** A table whose rows can be chosen with the keyboard. */
const gridProps = (activeRowId: string | undefined) =>
  ({ role: 'grid', tabIndex: 0, 'aria-activedescendant': activeRowId }) as const;

/** A table that draws only its visible rows. */
export function VirtualTable({ label, view, head, rowClass, showRow, ...options }: VirtualTableProps) {
  const { count, rowHeightPx, chosen } = options;
  const { box, shown, from, isChosenShown, ...handlers } = useVirtualRows(options);
  return (
    <table
      class="rows"
      {...gridProps(isChosenShown ? `${view}-${chosen}` : undefined)}
      aria-label={label}
      aria-rowcount={count + 1}
      data-view={view}
      ref={box as RefObject<HTMLTableElement>}
      {...handlers}
    >
      <thead>
        <tr class="row head" aria-rowindex={1}>
          {head}
        </tr>
      </thead>
      <tbody style={{ height: `${count * rowHeightPx}px`, paddingTop: `${from * rowHeightPx}px` }}>
        {shown.map((index) => (
          <tr
            key={index}
            id={`${view}-${index}`}
            class={`row ${rowClass(index)} ${index === chosen ? 'cursor' : ''}`}
            aria-rowindex={index + 2}
            aria-selected={index === chosen}
            data-place={index}
          >
            {showRow(index)}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
