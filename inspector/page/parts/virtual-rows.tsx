import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';

export interface VirtualRowsProps {
  readonly label: string;
  /** The name of the view, which a key brings the focus to. */
  readonly view: string;
  readonly count: number;
  readonly rowHeightPx: number;
  /** The row whose details stand below it; -1: none. */
  readonly open: number;
  /** The row that the keys have come to; -1: none. */
  readonly cursor: number;
  readonly onMove: (index: number) => void;
  readonly onToggle: (index: number) => void;
  readonly rowClass: (index: number) => string;
  readonly showRow: (index: number) => ComponentChildren;
  readonly showDetails: (index: number) => ComponentChildren;
}

/** Drawn beyond what is seen, so that scrolling shows no gap. */
const spareRows = 8;

/**
 * Rows of which only those are drawn that are seen. Whoever looks at the end goes on to see the end, until he scrolls away from it. The focus stays on the
 * whole; the keys move a cursor in it.
 */
export function VirtualRows(props: VirtualRowsProps) {
  const { label, view, count, rowHeightPx, open, cursor, onMove, onToggle, rowClass, showRow, showDetails } = props;
  const box = useRef<HTMLDivElement>(null);
  const details = useRef<HTMLDivElement>(null);
  const scrollPx = useSignal(0);
  const heightPx = useSignal(600);
  const detailsPx = useSignal(0);
  const isAtEnd = useRef(true);

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
    detailsPx.value = open < 0 ? 0 : (details.current?.offsetHeight ?? detailsPx.value);
  });

  useLayoutEffect(() => {
    if (isAtEnd.current && open < 0) box.current?.scrollTo({ top: box.current.scrollHeight });
  }, [count, open, heightPx.value]);

  useLayoutEffect(() => {
    const element = box.current;
    if (cursor < 0 || element === null) return;
    const topPx = cursor * rowHeightPx + (open >= 0 && cursor > open ? detailsPx.value : 0);
    if (topPx < element.scrollTop) element.scrollTop = topPx;
    if (topPx + rowHeightPx > element.scrollTop + element.clientHeight)
      element.scrollTop = topPx + rowHeightPx - element.clientHeight;
  }, [cursor, open, rowHeightPx, detailsPx]);

  const wholePx = count * rowHeightPx + detailsPx.value;
  const rowAt = (px: number) => {
    const below = (open + 1) * rowHeightPx;
    const own = open >= 0 && px > below ? Math.max(below, px - detailsPx.value) : px;
    return Math.floor(own / rowHeightPx);
  };
  const from = Math.max(0, rowAt(scrollPx.value) - spareRows);
  const to = Math.min(count, rowAt(scrollPx.value + heightPx.value) + spareRows);
  const offsetPx = from * rowHeightPx + (open >= 0 && open < from ? detailsPx.value : 0);

  const placeAfter: Readonly<Record<string, number>> = {
    ArrowDown: cursor + 1,
    ArrowUp: cursor < 0 ? count - 1 : cursor - 1,
    Home: 0,
    End: count - 1,
    PageDown: cursor + Math.floor(heightPx.value / rowHeightPx),
    PageUp: cursor - Math.floor(heightPx.value / rowHeightPx),
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget || count === 0) return;
    const place = placeAfter[event.key];
    const isOpening = event.key === 'Enter' || event.key === ' ';
    const turns = (event.key === 'ArrowRight' && open !== cursor) || (event.key === 'ArrowLeft' && open === cursor);
    if (place !== undefined) onMove(Math.min(Math.max(place, 0), count - 1));
    else if ((isOpening || turns) && cursor >= 0) onToggle(cursor);
    else if (!event.key.startsWith('Arrow')) return;
    event.preventDefault();
  };

  const rows: ComponentChildren[] = [];
  for (let index = from; index < to; index += 1) {
    rows.push(
      // biome-ignore lint/a11y/useFocusableInteractive: the focus stays on the whole
      // biome-ignore lint/a11y/useKeyWithClickEvents: the whole has the keys
      <div
        key={index}
        id={`${view}-${index}`}
        class={`row ${rowClass(index)} ${index === cursor ? 'cursor' : ''}`}
        role="row"
        aria-rowindex={index + 1}
        aria-level={1}
        aria-expanded={index === open}
        aria-selected={index === cursor}
        onClick={() => {
          onMove(index);
          onToggle(index);
        }}
      >
        {showRow(index)}
      </div>,
    );
    if (index === open)
      rows.push(
        // biome-ignore lint/a11y/useFocusableInteractive: what stands in it has the focus
        <div key="details" class="details" role="row" aria-level={2} ref={details}>
          <div role="gridcell">{showDetails(index)}</div>
        </div>,
      );
  }

  return (
    <div
      class="rows"
      role="treegrid"
      aria-label={label}
      aria-rowcount={count}
      aria-activedescendant={cursor >= from && cursor < to ? `${view}-${cursor}` : undefined}
      tabIndex={0}
      data-view={view}
      ref={box}
      onKeyDown={onKeyDown}
      onScroll={({ currentTarget }) => {
        scrollPx.value = currentTarget.scrollTop;
        isAtEnd.current =
          currentTarget.scrollTop + currentTarget.clientHeight >= currentTarget.scrollHeight - rowHeightPx;
      }}
    >
      <div class="whole" role="presentation" style={{ height: `${wholePx}px` }}>
        <div role="presentation" style={{ transform: `translateY(${offsetPx}px)` }}>
          {rows}
        </div>
      </div>
    </div>
  );
}
