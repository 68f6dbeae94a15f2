import { useEffect, useRef, useState } from 'preact/hooks';

/** So often at most something is said aloud. */
const restMs = 1_500;

/** Words for who does not see the picture, read aloud when they change; of many changes the last. */
export function SpokenWords({ words }: { readonly words: string }) {
  const [said, setSaid] = useState(words);
  const newest = useRef(words);
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  newest.current = words;
  useEffect(() => {
    if (words === said || timer.current !== null) return;
    timer.current = setTimeout(() => {
      timer.current = null;
      setSaid(newest.current);
    }, restMs);
  }, [words, said]);
  useEffect(() => () => clearTimeout(timer.current ?? undefined), []);
  return (
    <p class="for-readers" aria-live="polite">
      {said}
    </p>
  );
}
