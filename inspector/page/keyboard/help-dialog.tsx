import { useEffect, useRef } from 'preact/hooks';
import { isHelpOpen } from '../page-state.ts';

const keys: readonly (readonly [string, string])[] = [
  ['← →  or  , .', 'Previous and next transition of the chosen actor'],
  ['Shift + ← →', 'Previous and next transition of any actor'],
  ['L  or  End', 'Return to the present'],
  ['/', 'Find a state in the chart'],
  ['+  −  0', 'In the chart: zoom in, zoom out, fit'],
  ['Arrows, Tab', 'In the chart: move it, go to its states; Enter collapses or expands a state'],
  ['F', 'Filter the events'],
  ['1 … 7', 'Go to actors, chart, context, events, sequence, calls, session'],
  ['S', 'Save the recording to a file'],
  ['O', 'Open a recording (or drop its file on the page)'],
  ['?', 'Show these keys'],
];

/** The list of keyboard shortcuts. */
export function HelpDialog() {
  const dialog = useRef<HTMLDialogElement>(null);
  const isOpen = isHelpOpen.value;
  useEffect(() => {
    if (isOpen) dialog.current?.showModal();
    else dialog.current?.close();
  }, [isOpen]);
  const close = () => {
    isHelpOpen.value = false;
  };
  return (
    <dialog ref={dialog} class="help" aria-labelledby="help-heading" onClose={close}>
      <h2 id="help-heading">Keyboard shortcuts</h2>
      <dl>
        {keys.map(([key, text]) => (
          <div key={key}>
            <dt>{key}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
      <p class="quiet">The inspector is read-only: it sends nothing to a server.</p>
      <button type="button" class="button" onClick={close}>
        Close
      </button>
    </dialog>
  );
}
