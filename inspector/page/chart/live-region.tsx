import { useEffect, useRef, useState } from 'preact/hooks';

/** The minimum time between two announcements. */
const pauseMs = 1_500;

/** A text that a screen reader announces when it changes; of several changes within the pause only the last. */
export function LiveRegion({ text }: { readonly text: string }) {
  const [announced, setAnnounced] = useState(text);
  const newest = useRef(text);
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  newest.current = text;
  useEffect(() => {
    if (text === announced || timer.current !== null) return;
    timer.current = setTimeout(() => {
      timer.current = null;
      setAnnounced(newest.current);
    }, pauseMs);
  }, [text, announced]);
  useEffect(() => () => clearTimeout(timer.current ?? undefined), []);
  return (
    <p class="for-readers" aria-live="polite">
      {announced}
    </p>
  );
}
