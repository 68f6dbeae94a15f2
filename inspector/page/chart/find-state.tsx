import { useMemo, useState } from 'preact/hooks';
import { type Chart, pathsOf } from '../../../src/drawing/chart.ts';
import { shownStates } from '../../../src/drawing/shown-states.ts';
import { findStates } from '../../model/find-states.ts';

/** Where in the picture that stands which was looked for: paths of states, or of closed ones around them. */
export interface Found {
  readonly paths: ReadonlySet<string>;
  /** What is to be seen in the middle. */
  readonly centred: string | null;
}

interface FindStateProps {
  readonly chart: Chart;
  readonly closed: ReadonlySet<string>;
  readonly onFound: (found: Found) => void;
}

/** Where a state is looked for by its name. */
export function FindState({ chart, closed, onFound }: FindStateProps) {
  const [text, setText] = useState('');
  const [at, setAt] = useState(-1);
  const matches = useMemo(() => findStates(chart, text), [chart, text]);

  const show = (paths: readonly string[], chosen: string | undefined) => {
    const [shownId, pathOf] = [shownStates(chart, closed), pathsOf(chart)];
    const ids = new Map(chart.nodes.map(({ id, path }) => [path.join('.'), id]));
    const shownPath = (path: string) => pathOf(shownId(ids.get(path) ?? path));
    onFound({ paths: new Set(paths.map(shownPath)), centred: chosen === undefined ? null : shownPath(chosen) });
  };
  const look = (words: string) => {
    setText(words);
    setAt(-1);
    show(findStates(chart, words), undefined);
  };
  const goOn = (step: number) => {
    if (matches.length === 0) return;
    const next = at === -1 && step < 0 ? matches.length - 1 : (at + step + matches.length) % matches.length;
    setAt(next);
    show(matches, matches[next]);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter') goOn(event.shiftKey ? -1 : 1);
    else if (event.key === 'Escape' && text !== '') look('');
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div class="chart-find">
      <input
        type="search"
        placeholder="Find a state"
        aria-label="Find a state"
        title="Enter shows the next, Shift+Enter the one before"
        autocomplete="off"
        spellcheck={false}
        value={text}
        onInput={(event) => look(event.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      <output aria-live="polite">{countWords(text, at, matches.length)}</output>
    </div>
  );
}

function countWords(text: string, at: number, count: number): string {
  if (text.trim() === '') return '';
  if (count === 0) return 'none';
  return at === -1 ? `${count}` : `${at + 1} of ${count}`;
}
