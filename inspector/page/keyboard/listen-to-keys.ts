import { openRecording } from '../files/open-recording.ts';
import { saveRecording } from '../files/save-recording.ts';
import { allViews, goLive, isHelpOpen, isNarrow, type View, view, viewsBesideChart } from '../page-state.ts';
import { stepBack, stepForward } from '../time/step.ts';

/** What listens to its own arrow keys. */
const ownArrows =
  '[role="tree"], [role="tablist"], [role="listbox"], [role="separator"], input:not([type="checkbox"]), select, .chart-view';
const text = 'input:not([type="range"], [type="checkbox"]), select';

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
  const isMove = key.startsWith('Arrow') || key === 'End';
  if (isMove && target.closest(ownArrows) !== null) return undefined;
  const chosen = allViews[Number(key) - 1];
  if (chosen !== undefined) return () => show(chosen);
  const back = () => stepBack({ ofAny: shiftKey });
  const forward = () => stepForward({ ofAny: shiftKey });
  const actions: Readonly<Record<string, () => void>> = {
    arrowleft: back,
    ',': back,
    '<': back,
    arrowright: forward,
    '.': forward,
    '>': forward,
    end: goLive,
    l: goLive,
    s: saveRecording,
    o: openRecording,
    f: () => {
      show('events');
      focusSoon('[data-filter="type"]');
    },
    '/': () => {
      show('chart');
      focusSoon('.chart-find input');
    },
    '?': () => {
      isHelpOpen.value = true;
    },
  };
  return actions[key.toLowerCase()];
}

/** Shows a panel, and puts the focus into it. */
function show(id: View): void {
  if (isNarrow.value || viewsBesideChart.includes(id)) view.value = id;
  focusSoon(`[data-view="${id}"]`);
}

/** A panel, or a chart, that has just been asked for is there some frames later. */
const mostFrames = 30;

/** At once where it is there, so that what is typed next goes into it; else when it has been drawn. */
function focusSoon(selector: string, frames = mostFrames): void {
  const element = document.querySelector<HTMLElement>(selector);
  element?.focus();
  if (element !== null && document.activeElement === element) return;
  if (frames > 0) requestAnimationFrame(() => focusSoon(selector, frames - 1));
}
