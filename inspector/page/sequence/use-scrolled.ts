import { type Signal, useSignal } from '@preact/signals';
import type { RefObject } from 'preact';
import { useLayoutEffect } from 'preact/hooks';

/** The visible area of a box's contents. */
export interface Scrolled {
  readonly topPx: number;
  readonly heightPx: number;
  readonly widthPx: number;
}

/** Follows the scroll position and the size of a box. */
export function useScrolled(box: RefObject<HTMLElement | null>): Signal<Scrolled> {
  const scrolled = useSignal<Scrolled>({ topPx: 0, heightPx: 0, widthPx: 0 });
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    const measure = () => {
      const { scrollTop, clientHeight, clientWidth } = element;
      scrolled.value = { topPx: scrollTop, heightPx: clientHeight, widthPx: clientWidth };
    };
    const sizes = new ResizeObserver(measure);
    sizes.observe(element);
    element.addEventListener('scroll', measure, { passive: true });
    measure();
    return () => {
      sizes.disconnect();
      element.removeEventListener('scroll', measure);
    };
  }, []);
  return scrolled;
}
