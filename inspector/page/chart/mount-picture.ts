import { type Chart, pathsOf } from '../../../src/drawing/chart.ts';
import { drawElements } from '../../../src/drawing/draw-elements.ts';
import type { Area, Layout } from '../../../src/drawing/layout.ts';
import { xml } from '../../../src/drawing/xml.ts';
import { collapsiblePaths } from '../../model/collapsible-paths.ts';
import { nextTurn } from '../stream/yield-to-page.ts';

/** The element that contains a picture, in the picture's size. States are named by their paths. */
export interface Sheet {
  /** The element that the camera moves. */
  readonly element: HTMLElement;
  readonly svg: SVGSVGElement;
  readonly width: number;
  readonly height: number;
  readonly areas: ReadonlyMap<string, Area>;
}

/** A picture in the page, and its elements. */
export interface Picture {
  readonly chart: Chart;
  readonly sheet: Sheet;
  readonly states: ReadonlyMap<string, { readonly element: SVGElement; readonly box: SVGElement }>;
  readonly arrows: readonly DrawnTransition[];
  /** `path`: of the state that runs the actor; empty for the chart. */
  readonly actors: readonly { readonly element: SVGElement; readonly actorId: string; readonly path: string }[];
  /** The lines with the triggers of arrows, and of transitions without an arrow. */
  readonly triggers: readonly (DrawnTransition & { readonly eventType: string })[];
}

interface DrawnTransition {
  readonly element: SVGElement;
  readonly from: string;
  /** null: the transition does not leave the state. */
  readonly to: string | null;
}

/** Replaces the content of a stage by an empty sheet. */
export function mountSheet(stage: Element, chart: Chart, layout: Layout): Sheet {
  const [width, height] = [layout.width + 1, layout.height + 1];
  const svg = element('svg', { class: 'maitred', width, height, viewBox: `0 0 ${width} ${height}` });
  const sheet = document.createElement('div');
  sheet.className = 'chart-sheet';
  sheet.append(svg);
  stage.replaceChildren(sheet);
  const pathOf = pathsOf(chart);
  const areas = new Map(
    layout.boxes.map(({ nodeId, x, y, width, height }) => [pathOf(nodeId), { x, y, width, height }]),
  );
  return { element: sheet, svg, width, height, areas };
}

/** Draws a picture on its sheet, one slice after another; null: aborted. */
export async function mountPicture(
  sheet: Sheet,
  chart: Chart,
  layout: Layout,
  signal: AbortSignal,
): Promise<Picture | null> {
  const body = element('g', { transform: 'translate(0.5 0.5)' });
  sheet.svg.append(body);
  let slice: string[] = [];
  const mountSlice = async () => {
    body.insertAdjacentHTML('beforeend', slice.join(''));
    slice = [];
    // This makes the browser lay out the slice now; all slices in one frame would take too long.
    body.getBoundingClientRect();
    await nextTurn();
  };
  // What came before, such as reading the layout, takes as long as a slice.
  await nextTurn();
  for (const drawn of drawElements(chart, layout)) {
    if (slice.push(drawn) < elementsInSlice) continue;
    await mountSlice();
    if (signal.aborted) return null;
  }
  await mountSlice();
  if (signal.aborted) return null;
  return { chart, sheet, ...findElements(body, chart, sheet) };
}

/** Few enough to be laid out within a few milliseconds. */
const elementsInSlice = 30;

function findElements(body: SVGElement, chart: Chart, { areas }: Sheet) {
  const states = new Map<string, { readonly element: SVGElement; readonly box: SVGElement }>();
  for (const drawn of elementsOf(body, '.state')) {
    const box = drawn.querySelector<SVGElement>('.box');
    if (box !== null) states.set(drawn.dataset.state ?? '', { element: drawn, box });
  }
  const collapsible = collapsiblePaths(chart);
  for (const { path: keys, hiddenStates } of chart.nodes) {
    const path = keys.join('.');
    const [state, area] = [states.get(path), collapsible.has(path) ? areas.get(path) : undefined];
    if (area !== undefined)
      state?.element.insertAdjacentHTML('beforeend', toggleSign(area, hiddenStates !== undefined));
  }
  return {
    states,
    arrows: elementsOf(body, '.arrow.transition').map((drawn) => ({ element: drawn, ...endsOf(drawn) })),
    actors: elementsOf(body, '.invoke').map((drawn) => ({
      element: drawn,
      actorId: drawn.dataset.invoke ?? '',
      path: drawn.closest<SVGElement>('.state')?.dataset.state ?? '',
    })),
    triggers: elementsOf(body, '[data-event]').map((drawn) => ({
      element: drawn,
      eventType: drawn.dataset.event ?? '',
      ...endsOfTrigger(drawn),
    })),
  };
}

/** The small ± on the upper border of a state that can be collapsed or expanded. */
function toggleSign({ x, y, width }: Area, isCollapsed: boolean): string {
  return xml(
    'g',
    { class: 'toggle', transform: `translate(${x + width - 15} ${y})` },
    xml('title', {}, isCollapsed ? 'Expand' : 'Collapse'),
    xml('circle', { r: 7 }),
    xml('path', { d: isCollapsed ? 'M-3.5 0h7M0 -3.5v7' : 'M-3.5 0h7' }),
  );
}

const endsOf = ({ dataset }: SVGElement) => ({ from: dataset.from ?? '', to: dataset.to ?? '' });

function endsOfTrigger(drawn: SVGElement): { readonly from: string; readonly to: string | null } {
  const arrow = drawn.closest<SVGElement>('.arrow');
  if (arrow !== null) return endsOf(arrow);
  const from = drawn.closest<SVGElement>('.state')?.dataset.state ?? '';
  return { from, to: drawn.classList.contains('reenters') ? from : (drawn.dataset.to ?? null) };
}

const elementsOf = (body: SVGElement, selector: string) => [...body.querySelectorAll<SVGElement>(selector)];

function element<Name extends 'svg' | 'g'>(name: Name, attributes: Readonly<Record<string, string | number>>) {
  const made = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
}
