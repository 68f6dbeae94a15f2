import type { RefObject } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

/** How far from its end a box still counts as scrolled to it. */
const mostRestPx = 24;

/** While the box is scrolled to its end, it follows what is added there. Whoever scrolls up, or opens something at the end, is left where they are. */
export function useFollowedEnd(box: RefObject<HTMLElement | null>, content: unknown): void {
  const isAtEnd = useRef(true);
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    const look = () => {
      const { scrollTop, clientHeight, scrollHeight } = element;
      isAtEnd.current = scrollTop + clientHeight >= scrollHeight - mostRestPx;
    };
    const sizes = new ResizeObserver(() => {
      if (isAtEnd.current) element.scrollTo({ top: element.scrollHeight });
    });
    sizes.observe(element);
    element.addEventListener('scroll', look, { passive: true });
    // It does not bubble.
    element.addEventListener('toggle', look, { capture: true });
    return () => {
      sizes.disconnect();
      element.removeEventListener('scroll', look);
      element.removeEventListener('toggle', look, { capture: true });
    };
  }, []);
  useLayoutEffect(() => {
    if (isAtEnd.current) box.current?.scrollTo({ top: box.current.scrollHeight });
  }, [content]);
}
