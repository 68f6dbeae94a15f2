import { useMemo, useState } from 'preact/hooks';
import { type Chart, pathsOf } from '../../../src/drawing/chart.ts';
import { shownStates } from '../../../src/drawing/collapse-states.ts';
import { findStates } from '../../model/find-states.ts';

/** The states in the picture that match a search: paths of states, or of the collapsed states that hide them. */
export interface FoundStates {
  readonly paths: ReadonlySet<string>;
  /** The path of the state to centre. */
  readonly centred: string | null;
}

interface FindStateProps {
  readonly chart: Chart;
  readonly collapsed: ReadonlySet<string>;
  readonly onFound: (found: FoundStates) => void;
}

/** A search field for states by name. */
export function FindState({ chart, collapsed, onFound }: FindStateProps) {
  const [text, setText] = useState('');
  const [at, setAt] = useState(-1);
  const matches = useMemo(() => findStates(chart, text), [chart, text]);

  const show = (paths: readonly string[], chosen: string | undefined) => {
    const [shownId, pathOf] = [shownStates(chart, collapsed), pathsOf(chart)];
    const ids = new Map(chart.nodes.map(({ id, path }) => [path.join('.'), id]));
    const shownPath = (path: string) => pathOf(shownId(ids.get(path) ?? path));
    onFound({ paths: new Set(paths.map(shownPath)), centred: chosen === undefined ? null : shownPath(chosen) });
  };
  const search = (wanted: string) => {
    setText(wanted);
    setAt(-1);
    show(findStates(chart, wanted), undefined);
  };
  const goOn = (step: number) => {
    if (matches.length === 0) return;
    const next = at === -1 && step < 0 ? matches.length - 1 : (at + step + matches.length) % matches.length;
    setAt(next);
    show(matches, matches[next]);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter') goOn(event.shiftKey ? -1 : 1);
    else if (event.key === 'Escape' && text !== '') search('');
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
        title="Enter shows the next match, Shift+Enter the previous one"
        autocomplete="off"
        spellcheck={false}
        value={text}
        onInput={(event) => search(event.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      <output aria-live="polite">{matchCountText(text, at, matches.length)}</output>
    </div>
  );
}

function matchCountText(text: string, at: number, count: number): string {
  if (text.trim() === '') return '';
  if (count === 0) return 'none';
  return at === -1 ? `${count}` : `${at + 1} of ${count}`;
}
