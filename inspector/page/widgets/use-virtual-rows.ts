import { useSignal } from '@preact/signals';
import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { itemIndexOf } from './item-index.ts';

export interface VirtualRowsOptions {
  readonly count: number;
  readonly rowHeightPx: number;
  /** Of what stays above the rows, in the same box. */
  readonly headHeightPx?: number;
  /** Whether the newest row is the last one: while the box is scrolled to the end, it follows new rows. */
  readonly followsEnd?: boolean;
  /** The index of the chosen row; -1: none. */
  readonly chosen: number;
  readonly onChoose: (index: number) => void;
}

export interface ShownRows {
  /** The box that scrolls. */
  readonly box: RefObject<HTMLElement | null>;
  /** The indexes of the rows to draw. */
  readonly shown: readonly number[];
  readonly from: number;
  readonly isChosenShown: boolean;
  readonly onKeyDown: (event: KeyboardEvent) => void;
  readonly onClick: (event: MouseEvent) => void;
  readonly onScroll: () => void;
}

/** Rows drawn beyond the visible ones, so that scrolling shows no gap. */
const spareRows = 8;

/** The rows to draw of a box that draws only its visible rows. The focus stays on the box; the keys choose the row above or below, and Enter the chosen one again. */
export function useVirtualRows({
  count,
  rowHeightPx,
  headHeightPx = 0,
  followsEnd = true,
  chosen,
  onChoose,
}: VirtualRowsOptions): ShownRows {
  const box = useRef<HTMLElement>(null);
  const scrollPx = useSignal(0);
  const heightPx = useSignal(600);
  const isAtEnd = useSignal(true);
  const isFollowing = followsEnd && isAtEnd.value;

  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => {
      heightPx.value = element.clientHeight - headHeightPx;
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [heightPx, headHeightPx]);

  useLayoutEffect(() => {
    if (isFollowing) box.current?.scrollTo({ top: count * rowHeightPx });
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
  const topPx = isFollowing ? Math.max(0, count * rowHeightPx - heightPx.value) : scrollPx.value;
  const from = Math.max(0, rowAt(topPx) - spareRows);
  const to = Math.min(count, rowAt(topPx + heightPx.value) + spareRows);

  const pageRows = rowAt(heightPx.value);
  const placeAfter: Readonly<Record<string, number>> = {
    ArrowDown: chosen + 1,
    ArrowUp: chosen < 0 ? count - 1 : chosen - 1,
    Home: 0,
    End: count - 1,
    PageDown: chosen + pageRows,
    PageUp: chosen - pageRows,
    ...(chosen < 0 ? {} : { Enter: chosen }),
  };

  return {
    box,
    shown: Array.from({ length: Math.max(0, to - from) }, (_, at) => from + at),
    from,
    isChosenShown: chosen >= from && chosen < to,
    onKeyDown(event) {
      const place = placeAfter[event.key];
      if (place === undefined || count === 0 || event.target instanceof HTMLButtonElement) return;
      event.preventDefault();
      onChoose(Math.min(Math.max(place, 0), count - 1));
    },
    onClick({ target }) {
      const place = itemIndexOf(target);
      if (place >= 0) onChoose(place);
    },
    onScroll() {
      if (box.current === null) return;
      const { scrollTop, clientHeight, scrollHeight } = box.current;
      scrollPx.value = scrollTop;
      isAtEnd.value = scrollTop + clientHeight >= scrollHeight - rowHeightPx;
    },
  };
}
