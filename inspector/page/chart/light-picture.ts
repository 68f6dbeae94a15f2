import { stateWords } from '../../model/state-words.ts';
import type { TakenWay } from '../../model/taken-ways.ts';
import type { Found } from './find-state.tsx';
import type { Picture } from './mount-picture.ts';

export type InvokeStatus = 'active' | 'done' | 'error' | 'stopped';

export interface Lights {
  readonly active: ReadonlySet<string>;
  readonly ways: readonly TakenWay[];
  readonly invokes: ReadonlyMap<string, InvokeStatus>;
  readonly found: Found;
}

/** Shows what is going on in a picture. Only classes, signs and words change: nothing is laid out again. */
export function lightPicture(picture: Picture, { active, ways, invokes, found }: Lights): void {
  const { chart, states, arrows, triggers, actors } = picture;
  for (const node of chart.nodes) {
    const path = node.path.join('.');
    const state = states.get(path);
    if (state === undefined) continue;
    const isActive = active.has(path);
    state.element.classList.toggle('active', isActive);
    state.element.classList.toggle('match', found.paths.has(path));
    state.element.classList.toggle('centred', found.centred === path);
    write(state.box, 'aria-label', stateWords(node, isActive));
  }
  const arrowAges = agesOf(ways, ({ from, to }) => wordsOf(from, to));
  for (const { element, from, to } of arrows) write(element, 'data-age', arrowAges.get(wordsOf(from, to)));
  const triggerAges = agesOf(ways, ({ from, eventType, to }) => wordsOf(from, eventType, to));
  for (const { element, from, eventType, to } of triggers)
    write(element, 'data-age', triggerAges.get(wordsOf(from, eventType, to)));
  for (const { element, actorId, path } of actors) {
    const status = invokes.get(actorId) ?? null;
    // Two states may run actors of one name, but only one of them lives.
    const isElsewhere = status === 'active' && path !== '' && !active.has(path);
    const shown = isElsewhere ? null : status;
    write(element, 'data-status', shown);
    write(element, 'aria-label', `actor ${actorId}, ${shown === null ? 'not running' : statusWords[shown]}`);
    const sign = element.querySelector('.sign');
    if (sign !== null) write(sign, 'd', invokeSigns[shown ?? 'waiting']);
  }
}

/** Where a way is, for whatever stands on it; older ones fade in so many steps. */
function agesOf(ways: readonly TakenWay[], nameOf: (way: TakenWay) => string): Map<string, string> {
  const ages = new Map<string, string>();
  for (const way of ways) {
    const name = nameOf(way);
    if (!ages.has(name)) ages.set(name, String(Math.min(way.age, oldestAge)));
  }
  return ages;
}

const oldestAge = 4;
const wordsOf = (...words: readonly (string | null)[]) => JSON.stringify(words);

const statusWords: Readonly<Record<InvokeStatus, string>> = {
  active: 'running',
  done: 'done',
  error: 'failed',
  stopped: 'stopped',
};

/** In a square of 8 px, as the drawing has them. */
const invokeSigns: Readonly<Record<InvokeStatus | 'waiting', string>> = {
  waiting: 'M1.5 1v6.5l5.5-3.25z',
  active: 'M1.5 1v6.5l5.5-3.25z',
  done: 'M.75 4.5l2.25 2.5l4.5-5.5',
  error: 'M1.25 1.25l6 6M7.25 1.25l-6 6',
  stopped: 'M1.25 1.25h6v6h-6z',
};

/** What stays the same is not written: a browser would look at it again. */
function write(element: Element, name: string, value: string | null | undefined): void {
  if (value === null || value === undefined) element.removeAttribute(name);
  else if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

/** Shows by its arrows where a state leads and what leads to it; null: of none. */
export function showArrowsOf({ arrows }: Picture, path: string | null): void {
  for (const { element, from, to } of arrows) element.classList.toggle('near', path === from || path === to);
}

/** Lets what was taken last glow once, where motion is welcome. */
export function pulseNewest({ sheet: { svg } }: Picture): void {
  if (matchMedia('(prefers-reduced-motion: reduce)').matches) return;
  for (const line of svg.querySelectorAll('.arrow[data-age="0"] .line'))
    line.animate([{ strokeWidth: '8px', strokeOpacity: 0.55 }, {}], { duration: 900, easing: 'ease-out' });
  for (const box of svg.querySelectorAll('.leaf.active > .box'))
    box.animate([{ strokeWidth: '6px', strokeOpacity: 0.55 }, {}], { duration: 900, easing: 'ease-out' });
}
