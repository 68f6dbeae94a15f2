import type { Area } from '../../../src/drawing/layout.ts';
import {
  bringIntoSight,
  type Camera,
  centreOn,
  fitPicture,
  movePicture,
  type Spot,
  zoomAt,
} from '../../model/camera.ts';
import type { Sheet } from './mount-picture.ts';

/** Where a picture is moved and zoomed. It follows nothing by itself; one that is seen as a whole is so in another size too. */
export interface Stage {
  /** @param anchor a path that is to stay where it is on the screen */
  show(sheet: Sheet, anchor?: string | null): void;
  /** The whole picture, in any size, until it is moved. */
  showAll(): void;
  /** @param spot that stays where it is; the middle where none is given */
  zoom(factor: number, spot?: Spot): void;
  move(by: Spot): void;
  centre(area: Area): void;
  reveal(area: Area): void;
  end(): void;
}

/** Further than this from where it was pressed, a pointer drags. */
const dragBeginsPx = 4;
const restsAfterMs = 200;
const leastReadable = 0.8;

export function createStage(element: HTMLElement, onScale: (scale: number) => void): Stage {
  const until = new AbortController();
  element.tabIndex = 0;
  let sheet: Sheet | null = null;
  let camera: Camera = { x: 0, y: 0, scale: 1 };
  let isWhole = true;

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
    isWhole = false;
    look(movePicture(next, { x: 0, y: 0 }, sheet, viewSize()));
  };
  const showAll = () => {
    isWhole = true;
    const view = viewSize();
    if (sheet !== null && view.width > 0 && view.height > 0) look(fitPicture(sheet, view));
  };
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
  const sizes = new ResizeObserver(() => (isWhole ? showAll() : move({ x: 0, y: 0 })));
  sizes.observe(element);

  return {
    showAll,
    zoom,
    move,
    show(next, anchor = null) {
      const before = anchor === null ? undefined : sheet?.areas.get(anchor);
      const after = anchor === null ? undefined : next.areas.get(anchor);
      sheet = next;
      if (isWhole || before === undefined || after === undefined) showAll();
      else {
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
