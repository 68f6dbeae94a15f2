import { openRecording } from '../files/open-recording.ts';
import { saveRecording } from '../files/save-recording.ts';
import { goLive, isHelpOpen, isNarrow, type View, view } from '../page-state.ts';
import { stepBack, stepForward } from '../time/step.ts';

const views: readonly View[] = ['actors', 'chart', 'context', 'events', 'sequence', 'calls'];

/** What listens to its own arrow keys. */
const ownArrows =
  '[role="tree"], [role="tablist"], [role="listbox"], [role="separator"], input, select, svg, [data-own-arrows]';
const text = 'input:not([type="range"]), textarea, select, [contenteditable]';

/** Binds the keys of the page; a key that something on the page has used for itself is left alone. */
export function listenToKeys(): void {
  document.addEventListener('keydown', (event) => {
    const target = event.target instanceof Element ? event.target : document.body;
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (target.matches(text) || isHelpOpen.value) return;
    const act = actionOf(event, target);
    if (act === undefined) return;
    event.preventDefault();
    act();
  });
}

function actionOf({ key, shiftKey }: KeyboardEvent, target: Element): (() => void) | undefined {
  const ofAny = { ofAny: shiftKey };
  if (key.startsWith('Arrow') || key === 'End') {
    if (target.closest(ownArrows) !== null) return undefined;
    return { ArrowLeft: () => stepBack(ofAny), ArrowRight: () => stepForward(ofAny), End: goLive }[key];
  }
  const chosen = views[Number(key) - 1];
  if (chosen !== undefined) return () => show(chosen);
  return {
    ',': () => stepBack(ofAny),
    '<': () => stepBack({ ofAny: true }),
    ';': () => stepBack({ ofAny: true }),
    '.': () => stepForward(ofAny),
    '>': () => stepForward({ ofAny: true }),
    ':': () => stepForward({ ofAny: true }),
    l: goLive,
    L: goLive,
    s: saveRecording,
    S: saveRecording,
    o: openRecording,
    O: openRecording,
    f: () => {
      show('events');
      focusSoon('[data-filter="type"]');
    },
    '/': () => {
      if (isNarrow.value) show('chart');
      focusSoon('.chart-panel input[type="search"]');
    },
    '?': () => {
      isHelpOpen.value = true;
    },
  }[key];
}

/** Shows a panel, and puts the focus into it. */
function show(id: View): void {
  view.value = id;
  focusSoon(`[data-view="${id}"]`);
}

/** What was just asked for is drawn first. */
function focusSoon(selector: string): void {
  requestAnimationFrame(() => document.querySelector<HTMLElement>(selector)?.focus());
}
