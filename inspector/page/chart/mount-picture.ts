import { type Chart, pathsOf } from '../../../src/drawing/chart.ts';
import { drawElements } from '../../../src/drawing/draw-elements.ts';
import type { Area, Layout } from '../../../src/drawing/layout.ts';
import { foldablePaths } from '../../model/foldable-paths.ts';
import { createRests } from '../parts/rests.ts';
import { foldSign } from './fold-sign.ts';

/** Where a picture stands, as large as it. States are named by their paths. */
export interface Sheet {
  /** What the camera moves. */
  readonly element: HTMLElement;
  readonly svg: SVGSVGElement;
  readonly width: number;
  readonly height: number;
  readonly areas: ReadonlyMap<string, Area>;
}

/** A picture in the page, and where its parts are found. */
export interface Picture {
  readonly chart: Chart;
  readonly sheet: Sheet;
  readonly states: ReadonlyMap<string, DrawnState>;
  readonly arrows: readonly DrawnArrow[];
  readonly actors: readonly DrawnActor[];
  /** Lines that say what takes an arrow, or what a state answers. */
  readonly triggers: readonly DrawnTrigger[];
}

export interface DrawnState {
  readonly element: SVGElement;
  readonly box: SVGElement;
}

export interface DrawnArrow {
  readonly element: SVGElement;
  readonly from: string;
  readonly to: string;
}

export interface DrawnActor {
  readonly element: SVGElement;
  readonly actorId: string;
  /** Of the state that runs it; empty for the chart. */
  readonly path: string;
}

export interface DrawnTrigger {
  readonly element: SVGElement;
  readonly eventType: string;
  readonly from: string;
  /** null: the state is not left. */
  readonly to: string | null;
}

/** Puts an empty sheet into a stage, instead of what is there. */
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

/** Draws a picture on its sheet, a slice at a time; null where it is no longer wanted. */
export async function mountPicture(
  sheet: Sheet,
  chart: Chart,
  layout: Layout,
  signal: AbortSignal,
): Promise<Picture | null> {
  const body = element('g', { transform: 'translate(0.5 0.5)' });
  sheet.svg.append(body);
  const rest = createRests();
  let slice: string[] = [];
  const mountSlice = async () => {
    body.insertAdjacentHTML('beforeend', slice.join(''));
    slice = [];
    // Asked for its size, the browser lays the slice out: with all others in one frame it would take long.
    body.getBoundingClientRect();
    await rest();
  };
  for (const part of drawElements(chart, layout)) {
    if (slice.push(part) < partsInSlice) continue;
    await mountSlice();
    if (signal.aborted) return null;
  }
  await mountSlice();
  if (signal.aborted) return null;
  return { chart, sheet, ...findParts(body, chart, sheet) };
}

/** Few enough to be laid out within a few milliseconds. */
const partsInSlice = 30;

function findParts(body: SVGElement, chart: Chart, { areas }: Sheet) {
  const states = new Map<string, DrawnState>();
  for (const drawn of partsOf(body, '.state')) {
    const box = drawn.querySelector<SVGElement>('.box');
    if (box !== null) states.set(drawn.dataset.state ?? '', { element: drawn, box });
  }
  const foldable = foldablePaths(chart);
  for (const { path: words, hiddenStates } of chart.nodes) {
    const path = words.join('.');
    const [state, area] = [states.get(path), foldable.has(path) ? areas.get(path) : undefined];
    if (area !== undefined) state?.element.insertAdjacentHTML('beforeend', foldSign(area, hiddenStates !== undefined));
  }
  return {
    states,
    arrows: partsOf(body, '.arrow.transition').map((drawn) => ({ element: drawn, ...endsOf(drawn) })),
    actors: partsOf(body, '.invoke').map((drawn) => ({
      element: drawn,
      actorId: drawn.dataset.invoke ?? '',
      path: drawn.closest<SVGElement>('.state')?.dataset.state ?? '',
    })),
    triggers: partsOf(body, '[data-event]').map((drawn) => ({
      element: drawn,
      eventType: drawn.dataset.event ?? '',
      ...endsOfTrigger(drawn),
    })),
  };
}

const endsOf = ({ dataset }: SVGElement) => ({ from: dataset.from ?? '', to: dataset.to ?? '' });

function endsOfTrigger(drawn: SVGElement): { readonly from: string; readonly to: string | null } {
  const arrow = drawn.closest<SVGElement>('.arrow');
  if (arrow !== null) return endsOf(arrow);
  const from = drawn.closest<SVGElement>('.state')?.dataset.state ?? '';
  return { from, to: drawn.classList.contains('reenters') ? from : (drawn.dataset.to ?? null) };
}

const partsOf = (body: SVGElement, selector: string) => [...body.querySelectorAll<SVGElement>(selector)];

function element<Name extends 'svg' | 'g'>(name: Name, attributes: Readonly<Record<string, string | number>>) {
  const made = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
}
