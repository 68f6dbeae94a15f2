import { clockText } from '../../../src/domain/clock-text.ts';
import { durationText } from '../../../src/domain/duration-text.ts';
import type { Area } from '../../../src/drawing/layout.ts';
import { textWidth } from '../../../src/drawing/text-width.ts';
import { sizes } from '../../../src/drawing/type-sizes.ts';
import { xml } from '../../../src/drawing/xml.ts';
import { type ActorStatus, actorStatusText } from '../../model/actor-status.ts';
import { describeState } from '../../model/describe-state.ts';
import type { PhaseSpan } from '../../model/phase-spans.ts';
import type { TakenArrow } from '../../model/taken-arrows.ts';
import type { FoundStates } from './find-state.tsx';
import type { Picture } from './mount-picture.ts';

export interface Lights {
  readonly active: ReadonlySet<string>;
  readonly taken: readonly TakenArrow[];
  readonly invokes: ReadonlyMap<string, ActorStatus>;
  readonly past: ReadonlyMap<string, PhaseSpan>;
  readonly found: FoundStates;
}

/** Shows the present state of a chart in its picture. Changes only classes, signs and labels, so nothing is laid out again. */
export function lightPicture(picture: Picture, { active, taken, invokes, past, found }: Lights): void {
  const { chart, sheet, states, arrows, triggers, actors } = picture;
  for (const node of chart.nodes) {
    const path = node.path.join('.');
    const state = states.get(path);
    if (state === undefined) continue;
    const isActive = active.has(path);
    state.element.classList.toggle('active', isActive);
    state.element.classList.toggle('match', found.paths.has(path));
    state.element.classList.toggle('centred', found.centred === path);
    const phase = past.get(path);
    state.element.classList.toggle('past', phase !== undefined);
    showTime(state.element, sheet.areas.get(path), phase);
    write(state.box, 'aria-label', describeState(node, isActive, phase?.durationMs ?? null));
  }
  const arrowAges = agesOf(taken, ({ from, to }) => keyOf(from, to));
  for (const { element, from, to } of arrows) write(element, 'data-age', arrowAges.get(keyOf(from, to)));
  const triggerAges = agesOf(taken, ({ from, eventType, to }) => keyOf(from, eventType, to));
  for (const { element, from, eventType, to } of triggers)
    write(element, 'data-age', triggerAges.get(keyOf(from, eventType, to)));
  for (const { element, actorId, path } of actors) {
    const status = invokes.get(actorId) ?? null;
    // Two states may run actors with the same name; only the one in the active state is alive.
    const isElsewhere = status === 'active' && path !== '' && !active.has(path);
    const shown = isElsewhere ? null : status;
    write(element, 'data-status', shown);
    write(element, 'aria-label', `actor ${actorId}, ${shown === null ? 'not running' : actorStatusText(shown)}`);
    const sign = element.querySelector('.sign');
    if (sign !== null) write(sign, 'd', invokeSigns[shown ?? 'waiting']);
  }
}

/** Shows on the upper border of a state, to the right of its arrows, how long it was active. */
function showTime(state: SVGElement, area: Area | undefined, phase: PhaseSpan | undefined): void {
  const shown = state.querySelector(':scope > .time');
  const text = phase === undefined ? '' : durationText(phase.durationMs);
  if (text === (shown?.querySelector('text')?.textContent ?? '')) return;
  shown?.remove();
  if (phase === undefined || area === undefined) return;
  const [width, height] = [textWidth(text, sizes.text) + 8, 16];
  const x = Math.max(area.x + area.width / 2 + 10, area.x + area.width - width + 12);
  const chip = xml(
    'g',
    { class: 'time' },
    xml('title', {}, `${text} from ${clockText(phase.fromMs)} on`),
    xml('rect', { x, y: area.y - height / 2, width, height, rx: 4 }),
    xml('text', { x: x + width / 2, y: area.y + 4, 'text-anchor': 'middle' }, text),
  );
  state.insertAdjacentHTML('beforeend', chip);
}

/** The age of each arrow by a key; the newest use counts. */
function agesOf(taken: readonly TakenArrow[], keyOf: (arrow: TakenArrow) => string): Map<string, string> {
  const ages = new Map<string, string>();
  for (const arrow of taken) {
    const key = keyOf(arrow);
    if (!ages.has(key)) ages.set(key, String(Math.min(arrow.age, oldestAge)));
  }
  return ages;
}

/** Arrows fade in this many steps. */
const oldestAge = 4;
const keyOf = (...names: readonly (string | null)[]) => JSON.stringify(names);

/** Path data within a square of 8 px, like the signs of the drawing. */
const invokeSigns: Readonly<Record<ActorStatus | 'waiting', string>> = {
  waiting: 'M1.5 1v6.5l5.5-3.25z',
  active: 'M1.5 1v6.5l5.5-3.25z',
  done: 'M.75 4.5l2.25 2.5l4.5-5.5',
  error: 'M1.25 1.25l6 6M7.25 1.25l-6 6',
  stopped: 'M1.25 1.25h6v6h-6z',
};

/** Writes only changes: the browser recomputes styles after each write. */
function write(element: Element, name: string, value: string | null | undefined): void {
  if (value === null || value === undefined) element.removeAttribute(name);
  else if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

/** Highlights the arrows from and to a state; null: none. */
export function showArrowsOf({ arrows }: Picture, path: string | null): void {
  for (const { element, from, to } of arrows) element.classList.toggle('near', path === from || path === to);
}

/** Animates the newest transition once, unless the user prefers reduced motion. */
export function pulseNewest({ sheet: { svg } }: Picture): void {
  if (matchMedia('(prefers-reduced-motion: reduce)').matches) return;
  for (const line of svg.querySelectorAll('.arrow[data-age="0"] .line'))
    line.animate([{ strokeWidth: '8px', strokeOpacity: 0.55 }, {}], { duration: 900, easing: 'ease-out' });
  for (const box of svg.querySelectorAll('.leaf.active > .box'))
    box.animate([{ strokeWidth: '6px', strokeOpacity: 0.55 }, {}], { duration: 900, easing: 'ease-out' });
}
