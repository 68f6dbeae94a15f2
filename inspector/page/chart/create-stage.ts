import type { Area } from '../../../src/drawing/layout.ts';
import {
  beginWith,
  bringIntoSight,
  type Camera,
  centreOn,
  fitPicture,
  isInSight,
  movePicture,
  type Size,
  type Spot,
  zoomAt,
} from '../../model/camera.ts';
import type { Sheet } from './mount-picture.ts';

/** Where a picture is moved and zoomed. Until somebody does so, it is seen as a whole, or, where that is too small to be read, follows what is active. */
export interface Stage {
  /** @param anchor a path that is to stay where it is on the screen */
  show(sheet: Sheet, anchor?: string | null): void;
  /** @param choose of the areas of the states that are drawn, those that are active, the newest first */
  follow(choose: ChooseAreas): void;
  /** The whole picture, in any size, until it is moved. */
  showAll(): void;
  /** @param spot that stays where it is; the middle where none is given */
  zoom(factor: number, spot?: Spot): void;
  move(by: Spot): void;
  centre(area: Area): void;
  reveal(area: Area): void;
  end(): void;
}

export type ChooseAreas = (areas: Sheet['areas']) => readonly Area[];

/** How a picture is seen in a view of whatever size. */
type Choice = (picture: Size, view: Size) => Camera;

/** Further than this from where it was pressed, a pointer drags. */
const dragBeginsPx = 4;
const restsAfterMs = 200;
const leastReadable = 0.8;

export function createStage(element: HTMLElement, onScale: (scale: number) => void): Stage {
  const until = new AbortController();
  element.tabIndex = 0;
  let sheet: Sheet | null = null;
  let camera: Camera = { x: 0, y: 0, scale: 1 };
  let choose: ChooseAreas = () => [];
  const followed = () => (sheet === null ? [] : choose(sheet.areas));
  const begin: Choice = (of, view) => beginWith(followed(), of, view);
  /** null: somebody has moved it. */
  let choice: Choice | null = begin;

  let rest: ReturnType<typeof setTimeout> | undefined;
  /** While it moves, a browser may show the picture as it was drawn last; when it rests, it is drawn sharply. */
  const markMoving = () => {
    element.classList.add('moving');
    clearTimeout(rest);
    rest = setTimeout(() => element.classList.remove('moving'), restsAfterMs);
  };

  const viewSize = () => ({ width: element.clientWidth, height: element.clientHeight });
  const look = (next: Camera) => {
    camera = next;
    markMoving();
    if (sheet !== null) sheet.element.style.transform = `translate(${next.x}px, ${next.y}px) scale(${next.scale})`;
    onScale(next.scale);
  };
  const lookFreely = (next: Camera) => {
    if (sheet === null) return;
    choice = null;
    look(movePicture(next, { x: 0, y: 0 }, sheet, viewSize()));
  };
  const lookAgain = () => {
    const view = viewSize();
    if (choice !== null && sheet !== null && view.width > 0 && view.height > 0) look(choice(sheet, view));
  };
  const isWhole = () => sheet !== null && camera.scale <= fitPicture(sheet, viewSize()).scale;
  const zoom = (factor: number, spot?: Spot) => {
    const { width, height } = viewSize();
    lookFreely(zoomAt(camera, factor, spot ?? { x: width / 2, y: height / 2 }));
  };
  const move = ({ x, y }: Spot) => lookFreely({ ...camera, x: camera.x + x, y: camera.y + y });

  const spotOf = (event: MouseEvent): Spot => {
    const { left, top } = element.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  };
  element.addEventListener(
    'wheel',
    (event) => {
      event.preventDefault();
      const deltaPx = event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1);
      // Two fingers that pinch are told as a wheel with the control key, in smaller steps.
      zoom(Math.exp(-deltaPx * (event.ctrlKey ? 0.01 : 0.0015)), spotOf(event));
    },
    { passive: false, signal: until.signal },
  );
  listenForDrags(element, move, until.signal);
  const sizes = new ResizeObserver(() => (choice === null ? move({ x: 0, y: 0 }) : lookAgain()));
  sizes.observe(element);

  return {
    showAll() {
      choice = fitPicture;
      lookAgain();
    },
    follow(next) {
      choose = next;
      const [newest] = followed();
      if (newest === undefined || !isInSight(camera, newest, viewSize())) lookAgain();
    },
    zoom,
    move,
    show(next, anchor = null) {
      const before = anchor === null ? undefined : sheet?.areas.get(anchor);
      const after = anchor === null ? undefined : next.areas.get(anchor);
      const wasWhole = isWhole();
      sheet = next;
      if (before === undefined || after === undefined || (choice !== null && wasWhole)) {
        choice ??= begin;
        lookAgain();
      } else {
        const { x, y, scale } = camera;
        lookFreely({ x: x + (before.x - after.x) * scale, y: y + (before.y - after.y) * scale, scale });
      }
    },
    centre(area) {
      lookFreely(centreOn(area, Math.max(camera.scale, leastReadable), viewSize()));
    },
    reveal(area) {
      const next = bringIntoSight(camera, area, viewSize());
      if (next.x !== camera.x || next.y !== camera.y) lookFreely(next);
    },
    end() {
      until.abort();
      clearTimeout(rest);
      sizes.disconnect();
    },
  };
}

function listenForDrags(element: HTMLElement, move: (by: Spot) => void, signal: AbortSignal): void {
  let last: Spot | null = null;
  let isDragging = false;
  const drop = () => {
    last = null;
    isDragging = false;
    element.classList.remove('dragged');
  };
  element.addEventListener(
    'pointerdown',
    (event) => {
      if (event.button === 0) last = { x: event.clientX, y: event.clientY };
    },
    { signal },
  );
  element.addEventListener(
    'pointermove',
    ({ clientX: x, clientY: y, pointerId, buttons }) => {
      // It may have been let go where nobody has told us.
      if (buttons === 0) drop();
      if (last === null) return;
      const by = { x: x - last.x, y: y - last.y };
      if (!isDragging && Math.hypot(by.x, by.y) < dragBeginsPx) return;
      if (!isDragging) element.setPointerCapture(pointerId);
      isDragging = true;
      element.classList.add('dragged');
      last = { x, y };
      move(by);
    },
    { signal },
  );
  element.addEventListener('pointerup', drop, { signal });
  element.addEventListener('pointercancel', drop, { signal });
}
