import type { ComponentChildren, RefObject } from 'preact';
import { useVirtualRows, type VirtualRowsOptions } from './use-virtual-rows.ts';

export interface VirtualRowsProps extends VirtualRowsOptions {
  readonly label: string;
  /** The name of the view, for the key that moves the focus to it. */
  readonly view: string;
  readonly rowClass: (index: number) => string;
  readonly showRow: (index: number) => ComponentChildren;
}

/** A list that draws only its visible rows. While it is scrolled to the end, it follows new rows. */
export function VirtualRows({ label, view, rowClass, showRow, ...options }: VirtualRowsProps) {
  const { count, rowHeightPx, chosen } = options;
  const { box, shown, from, isChosenShown, ...handlers } = useVirtualRows(options);
  return (
    <div
      class="rows"
      role="listbox"
      aria-label={label}
      aria-activedescendant={isChosenShown ? `${view}-${chosen}` : undefined}
      tabIndex={0}
      data-view={view}
      ref={box as RefObject<HTMLDivElement>}
      {...handlers}
    >
      <div class="whole" role="presentation" style={{ height: `${count * rowHeightPx}px` }}>
        <div role="presentation" style={{ transform: `translateY(${from * rowHeightPx}px)` }}>
          {shown.map((index) => (
            <div
              key={index}
              id={`${view}-${index}`}
              class={`row ${rowClass(index)} ${index === chosen ? 'cursor' : ''}`}
              role="option"
              tabIndex={-1}
              aria-setsize={count}
              aria-posinset={index + 1}
              aria-selected={index === chosen}
              data-place={index}
            >
              {showRow(index)}
            </div>
          ))}
        </div>
      </div>
    </div>
  );
}
