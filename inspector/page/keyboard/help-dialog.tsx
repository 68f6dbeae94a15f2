import { useEffect, useRef } from 'preact/hooks';
import { isHelpOpen } from '../page-state.ts';

const keys: readonly (readonly [string, string])[] = [
  ['← →  or  , .', 'Step back and forward by a transition of the chosen actor'],
  ['Shift + ← →', 'The same, by a transition of any actor'],
  ['L  or  End', 'Return to what happens now'],
  ['/', 'Find a state in the chart'],
  ['+  −  0', 'In the chart: nearer, further, all of it'],
  ['Arrows, Tab', 'In the chart: move it, go to its states; Enter closes one'],
  ['F', 'Filter the events'],
  ['1 … 6', 'Actors, chart, context, events, sequence, calls'],
  ['S', 'Save the recording to a file'],
  ['O', 'Open a recording; a file can be dropped on the page too'],
  ['?', 'These keys'],
];

/** The keys that do something. */
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
      <h2 id="help-heading">Keys</h2>
      <dl>
        {keys.map(([key, words]) => (
          <div key={key}>
            <dt>{key}</dt>
            <dd>{words}</dd>
          </div>
        ))}
      </dl>
      <p class="quiet">The inspector only looks: nothing here sends anything to a server.</p>
      <button type="button" class="button" onClick={close}>
        Close
      </button>
    </dialog>
  );
}
