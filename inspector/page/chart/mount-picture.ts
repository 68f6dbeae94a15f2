import type { Chart } from '../../../src/drawing/chart.ts';
import { drawParts } from '../../../src/drawing/draw-parts.ts';
import type { Area, Layout } from '../../../src/drawing/layout.ts';
import { pathsOf } from '../../../src/drawing/paths-of.ts';
import { foldSign } from './fold-sign.ts';

/** A picture in the page, and where its parts are found. States are named by their paths. */
export interface Picture {
  readonly chart: Chart;
  readonly svg: SVGSVGElement;
  /** What the camera moves. */
  readonly sheet: HTMLElement;
  readonly width: number;
  readonly height: number;
  readonly states: ReadonlyMap<string, DrawnState>;
  readonly arrows: readonly DrawnArrow[];
  readonly actors: readonly DrawnActor[];
  /** Lines that say what takes an arrow, or what a state answers. */
  readonly triggers: readonly DrawnTrigger[];
}

export interface DrawnState {
  readonly element: SVGElement;
  readonly box: SVGElement;
  readonly area: Area;
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

/** So long the page may be kept from its input at a time. */
const sliceMs = 8;

/** Puts a picture into its stage, a slice at a time; null where it is no longer wanted. */
export async function mountPicture(
  stage: Element,
  chart: Chart,
  layout: Layout,
  signal: AbortSignal,
): Promise<Picture | null> {
  const [width, height] = [layout.width + 1, layout.height + 1];
  const svg = element('svg', { class: 'maitred', width, height, viewBox: `0 0 ${width} ${height}` });
  const body = element('g', { transform: 'translate(0.5 0.5)' });
  svg.append(body);
  const sheet = document.createElement('div');
  sheet.className = 'chart-sheet';
  sheet.append(svg);
  stage.replaceChildren(sheet);
  let slice: string[] = [];
  let endsAt = performance.now() + sliceMs;
  for (const part of drawParts(chart, layout)) {
    slice.push(part);
    if (slice.length < partsInSlice && performance.now() < endsAt) continue;
    body.insertAdjacentHTML('beforeend', slice.join(''));
    slice = [];
    await nextTurn();
    if (signal.aborted) return null;
    endsAt = performance.now() + sliceMs;
  }
  body.insertAdjacentHTML('beforeend', slice.join(''));
  await nextTurn();
  if (signal.aborted) return null;
  return { chart, svg, sheet, width, height, ...findParts(body, chart, layout) };
}

/** What is made of markup in one go has to be laid out in one go. */
const partsInSlice = 40;

/** After the browser has drawn and listened; in a hidden tab, where it draws nothing, too. */
const nextTurn = () => new Promise<void>((resolve) => setTimeout(resolve));

function findParts(body: SVGElement, chart: Chart, { boxes }: Layout) {
  const pathOf = pathsOf(chart);
  const areas = new Map(boxes.map(({ nodeId, ...area }) => [pathOf(nodeId), area]));
  const states = new Map<string, DrawnState>();
  for (const drawn of partsOf(body, '.state')) {
    const path = drawn.dataset.state ?? '';
    const [area, box] = [areas.get(path), drawn.querySelector<SVGElement>('.box')];
    if (area !== undefined && box !== null) states.set(path, { element: drawn, box, area });
  }
  for (const { id, hiddenStates } of chart.nodes.filter((node) => isFoldable(node.id, chart))) {
    const state = states.get(pathOf(id));
    state?.element.insertAdjacentHTML('beforeend', foldSign(state.area, hiddenStates !== undefined));
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

/** Whether a state can be closed or is closed. */
export const isFoldable = (id: string, { id: chartId, nodes }: Chart): boolean =>
  id !== chartId && nodes.some((node) => node.parentId === id || (node.id === id && node.hiddenStates !== undefined));

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
