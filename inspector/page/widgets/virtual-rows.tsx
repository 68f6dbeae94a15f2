import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { itemIndexOf } from './item-index.ts';

export interface VirtualRowsProps {
  readonly label: string;
  /** The name of the view, for the key that moves the focus to it. */
  readonly view: string;
  readonly count: number;
  readonly rowHeightPx: number;
  /** The index of the chosen row; -1: none. */
  readonly chosen: number;
  readonly onChoose: (index: number) => void;
  readonly rowClass: (index: number) => string;
  readonly showRow: (index: number) => ComponentChildren;
}

/** Rows drawn beyond the visible ones, so that scrolling shows no gap. */
const spareRows = 8;

/**
 * A list that draws only its visible rows. While it is scrolled to the end, it follows new rows. The focus stays on the list; the keys choose the row
 * above or below.
 */
export function VirtualRows({
  label,
  view,
  count,
  rowHeightPx,
  chosen,
  onChoose,
  rowClass,
  showRow,
}: VirtualRowsProps) {
  const box = useRef<HTMLDivElement>(null);
  const scrollPx = useSignal(0);
  const heightPx = useSignal(600);
  const isAtEnd = useSignal(true);

  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => {
      heightPx.value = element.clientHeight;
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [heightPx]);

  useLayoutEffect(() => {
    if (isAtEnd.peek()) box.current?.scrollTo({ top: count * rowHeightPx });
  }, [count, rowHeightPx]);

  useLayoutEffect(() => {
    const element = box.current;
    if (chosen < 0 || element === null) return;
    const topPx = chosen * rowHeightPx;
    if (topPx < element.scrollTop) element.scrollTop = topPx;
    else if (topPx + rowHeightPx > element.scrollTop + heightPx.value)
      element.scrollTop = topPx + rowHeightPx - heightPx.value;
  }, [chosen, rowHeightPx, heightPx.value]);

  const rowAt = (px: number) => Math.floor(px / rowHeightPx);
  // At the end, the scroll position is known before the browser scrolls: the first drawing has the right rows.
  const topPx = isAtEnd.value ? Math.max(0, count * rowHeightPx - heightPx.value) : scrollPx.value;
  const from = Math.max(0, rowAt(topPx) - spareRows);
  const to = Math.min(count, rowAt(topPx + heightPx.value) + spareRows);
  const shown = Array.from({ length: Math.max(0, to - from) }, (_, at) => from + at);

  const pageRows = rowAt(heightPx.value);
  const placeAfter: Readonly<Record<string, number>> = {
    ArrowDown: chosen + 1,
    ArrowUp: chosen < 0 ? count - 1 : chosen - 1,
    Home: 0,
    End: count - 1,
    PageDown: chosen + pageRows,
    PageUp: chosen - pageRows,
  };

  return (
    <div
      class="rows"
      role="listbox"
      aria-label={label}
      aria-activedescendant={chosen >= from && chosen < to ? `${view}-${chosen}` : undefined}
      tabIndex={0}
      data-view={view}
      ref={box}
      onKeyDown={(event) => {
        const place = placeAfter[event.key];
        if (place === undefined || count === 0) return;
        event.preventDefault();
        onChoose(Math.min(Math.max(place, 0), count - 1));
      }}
      onClick={({ target }) => {
        const place = itemIndexOf(target);
        if (place >= 0) onChoose(place);
      }}
      onScroll={({ currentTarget: { scrollTop, clientHeight, scrollHeight } }) => {
        scrollPx.value = scrollTop;
        isAtEnd.value = scrollTop + clientHeight >= scrollHeight - rowHeightPx;
      }}
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
