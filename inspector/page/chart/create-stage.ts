import type { Area } from '../../../src/drawing/layout.ts';
import {
  bringIntoSight,
  type Camera,
  centreOn,
  firstCamera,
  fitPicture,
  isInSight,
  legibleScale,
  movePicture,
  type Size,
  type Spot,
  zoomAt,
} from '../../model/camera.ts';
import type { Sheet } from './mount-picture.ts';

/** Moves and zooms a picture. Until the user does so, it shows the whole picture, or follows the active states if the whole would be too small to read. */
export interface Stage {
  /** @param anchor the path of a state that keeps its place on the screen */
  show(sheet: Sheet, anchor?: string | null): void;
  /** @param choose picks the areas of the active states, the newest first */
  follow(choose: ChooseAreas): void;
  /** Shows the whole picture, whatever the size of the view, until it is moved. */
  showAll(): void;
  /** @param spot stays in place; the centre by default */
  zoom(factor: number, spot?: Spot): void;
  move(by: Spot): void;
  centre(area: Area): void;
  reveal(area: Area): void;
  end(): void;
}

export type ChooseAreas = (areas: Sheet['areas']) => readonly Area[];

/** Computes the camera for a view of any size. */
type Choice = (picture: Size, view: Size) => Camera;

/** A pointer that moves at least this far while pressed drags the picture. */
const dragBeginsPx = 4;
const restsAfterMs = 200;

export function createStage(element: HTMLElement, onScale: (scale: number) => void): Stage {
  const until = new AbortController();
  element.tabIndex = 0;
  let sheet: Sheet | null = null;
  let camera: Camera = { x: 0, y: 0, scale: 1 };
  let choose: ChooseAreas = () => [];
  const followed = () => (sheet === null ? [] : choose(sheet.areas));
  const begin: Choice = (picture, view) => firstCamera(followed(), picture, view);
  /** null: the user has moved the picture. */
  let choice: Choice | null = begin;

  let rest: ReturnType<typeof setTimeout> | undefined;
  /** While the picture moves, the browser may scale its last rendering; when it rests, it is rendered sharply. */
  const markMoving = () => {
    element.classList.add('moving');
    clearTimeout(rest);
    rest = setTimeout(() => element.classList.remove('moving'), restsAfterMs);
  };

  const viewSize = () => ({ width: element.clientWidth, height: element.clientHeight });
  const setCamera = (next: Camera) => {
    camera = next;
    markMoving();
    if (sheet !== null) sheet.element.style.transform = `translate(${next.x}px, ${next.y}px) scale(${next.scale})`;
    onScale(next.scale);
  };
  const setByUser = (next: Camera) => {
    if (sheet === null) return;
    choice = null;
    setCamera(movePicture(next, { x: 0, y: 0 }, sheet, viewSize()));
  };
  const applyChoice = () => {
    const view = viewSize();
    if (choice !== null && sheet !== null && view.width > 0 && view.height > 0) setCamera(choice(sheet, view));
  };
  const isWhole = () => sheet !== null && camera.scale <= fitPicture(sheet, viewSize()).scale;
  const zoom = (factor: number, spot?: Spot) => {
    const { width, height } = viewSize();
    setByUser(zoomAt(camera, factor, spot ?? { x: width / 2, y: height / 2 }));
  };
  const move = ({ x, y }: Spot) => setByUser({ ...camera, x: camera.x + x, y: camera.y + y });

  const spotOf = (event: MouseEvent): Spot => {
    const { left, top } = element.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  };
  element.addEventListener(
    'wheel',
    (event) => {
      event.preventDefault();
      const deltaPx = event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1);
      // Browsers report a pinch as a wheel event with the control key, in smaller steps.
      zoom(Math.exp(-deltaPx * (event.ctrlKey ? 0.01 : 0.0015)), spotOf(event));
    },
    { passive: false, signal: until.signal },
  );
  listenForDrags(element, move, until.signal);
  const sizes = new ResizeObserver(() => (choice === null ? move({ x: 0, y: 0 }) : applyChoice()));
  sizes.observe(element);

  return {
    showAll() {
      choice = fitPicture;
      applyChoice();
    },
    follow(next) {
      choose = next;
      const [newest] = followed();
      if (newest === undefined || !isInSight(camera, newest, viewSize())) applyChoice();
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
        applyChoice();
      } else {
        const { x, y, scale } = camera;
        setByUser({ x: x + (before.x - after.x) * scale, y: y + (before.y - after.y) * scale, scale });
      }
    },
    centre(area) {
      setByUser(centreOn(area, Math.max(camera.scale, legibleScale), viewSize()));
    },
    reveal(area) {
      const next = bringIntoSight(camera, area, viewSize());
      if (next.x !== camera.x || next.y !== camera.y) setByUser(next);
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
      // The button may have been released outside the page, without an event.
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
