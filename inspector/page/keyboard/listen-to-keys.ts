import { openRecording } from '../files/open-recording.ts';
import { saveRecording } from '../files/save-recording.ts';
import { allViews, goLive, isHelpOpen, isNarrow, type View, view, viewsBesideChart } from '../page-state.ts';
import { stepBack, stepForward } from '../time/step.ts';

/** Elements that handle arrow keys themselves. */
const ownArrows =
  '[role="tree"], [role="tablist"], [role="listbox"], [role="separator"], input:not([type="checkbox"], [type="range"]), select, .chart-view';
const text = 'input:not([type="range"], [type="checkbox"]), select';

/** Handles the page's keyboard shortcuts, except for keys that an element has handled. */
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

/** Shows a panel and moves the focus into it. */
function show(id: View): void {
  if (isNarrow.value || viewsBesideChart.includes(id)) view.value = id;
  focusSoon(`[data-view="${id}"]`);
}

/** A panel or chart may be drawn only some frames after the request. */
const mostFrames = 30;

/** Moves the focus at once if the element exists, so that it receives the next keys; else once it has been drawn. */
function focusSoon(selector: string, frames = mostFrames): void {
  const element = document.querySelector<HTMLElement>(selector);
  element?.focus();
  if (element !== null && document.activeElement === element) return;
  if (frames > 0) requestAnimationFrame(() => focusSoon(selector, frames - 1));
}
