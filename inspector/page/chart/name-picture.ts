import { foldablePaths } from '../../model/foldable-paths.ts';
import { actorKey, stateKey } from '../../model/next-stop.ts';
import type { Picture } from './mount-picture.ts';

/**
 * Makes a picture a tree for the keyboard and for who hears it; what its states are is said as they are lit. The box of a state stands for it, without the
 * text on it, so that what is said is not said twice.
 */
export function namePicture({ sheet: { svg }, chart, states, actors }: Picture, name: string): void {
  setAttributes(svg, { role: 'tree', 'aria-label': `The chart ${name}` });
  const foldable = foldablePaths(chart);
  for (const { path, hiddenStates } of chart.nodes) {
    const key = path.join('.');
    const box = states.get(key)?.box;
    if (box === undefined) continue;
    setAttributes(box, { role: 'treeitem', tabindex: -1, 'aria-level': path.length, 'data-stop': stateKey(key) });
    if (foldable.has(key)) box.setAttribute('aria-expanded', String(hiddenStates === undefined));
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

/** Lets one part of a picture have the focus, and be the one that has it again later. */
export function focusStop({ sheet: { svg } }: Picture, key: string): SVGElement | null {
  const stop = [...svg.querySelectorAll<SVGElement>('[data-stop]')].find(({ dataset }) => dataset.stop === key) ?? null;
  if (stop === null) return null;
  svg.querySelector('[data-stop][tabindex="0"]')?.setAttribute('tabindex', '-1');
  stop.setAttribute('tabindex', '0');
  // The camera moves by itself.
  stop.focus({ preventScroll: true });
  return stop;
}

function setAttributes(element: Element, attributes: Readonly<Record<string, string | number>>): void {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
}
