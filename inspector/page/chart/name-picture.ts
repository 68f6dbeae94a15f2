import { collapsiblePaths } from '../../model/collapsible-paths.ts';
import { actorKey, stateKey } from '../../model/next-stop.ts';
import type { Picture } from './mount-picture.ts';

/**
 * Makes a picture a tree for the keyboard and for screen readers; `lightPicture` writes the labels. The tree item of a state is its box, without the text,
 * so that the text is not read twice.
 */
export function namePicture({ sheet: { svg }, chart, states, actors }: Picture, name: string): void {
  setAttributes(svg, { role: 'tree', 'aria-label': `Chart ${name}` });
  const collapsible = collapsiblePaths(chart);
  for (const { path, hiddenStates } of chart.nodes) {
    const key = path.join('.');
    const box = states.get(key)?.box;
    if (box === undefined) continue;
    setAttributes(box, { role: 'treeitem', tabindex: -1, 'aria-level': path.length, 'data-stop': stateKey(key) });
    if (collapsible.has(key)) box.setAttribute('aria-expanded', String(hiddenStates === undefined));
  }
  for (const { element, path, actorId } of actors) {
    const level = path === '' ? 1 : path.split('.').length + 1;
    setAttributes(element, {
      role: 'treeitem',
      tabindex: -1,
      'aria-level': level,
      'data-stop': actorKey(path, actorId),
    });
  }
  svg.querySelector('[data-stop]')?.setAttribute('tabindex', '0');
}

/** Moves the focus to one stop of a picture, and makes it the stop that Tab returns to. */
export function focusStop({ sheet: { svg } }: Picture, key: string): SVGElement | null {
  const stop = [...svg.querySelectorAll<SVGElement>('[data-stop]')].find(({ dataset }) => dataset.stop === key) ?? null;
  if (stop === null) return null;
  svg.querySelector('[data-stop][tabindex="0"]')?.setAttribute('tabindex', '-1');
  stop.setAttribute('tabindex', '0');
  // The stage moves the camera.
  stop.focus({ preventScroll: true });
  return stop;
}

function setAttributes(element: Element, attributes: Readonly<Record<string, string | number>>): void {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
}
