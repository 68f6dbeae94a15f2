import type { Area } from '../../src/drawing/layout.ts';
import { sizes } from '../../src/drawing/type-sizes.ts';

/** How a picture is mapped to the view: its point (px, py) appears at (x + px * scale, y + py * scale). */
export interface Camera {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Spot {
  readonly x: number;
  readonly y: number;
}

const smallestScale = 0.02;
const largestScale = 4;
/** A small picture is not enlarged beyond this to fill a large view. */
const largestFit = 1.5;
const marginPx = 8;
const smallestLegiblePx = 11;
/** At this scale, the smallest text of a picture can just be read. */
export const legibleScale: number = smallestLegiblePx / sizes.text;
/** At least this much of a picture stays in the view, wherever it is moved. */
const leastInSightPx = 48;
/** Small enough to fit any picture as a whole. */
const smallestFit = 0.001;

/** Shows the whole picture, centred. */
export function fitPicture(picture: Size, view: Size): Camera {
  const room = { width: view.width - 2 * marginPx, height: view.height - 2 * marginPx };
  const scale = within(smallestFit, Math.min(room.width / picture.width, room.height / picture.height), largestFit);
  return centreOn({ x: 0, y: 0, ...picture }, scale, view);
}

/** The first view of a picture: all of it if that is legible, else as many of the given areas as fit together, the first one in any case. */
export function firstCamera(areas: readonly Area[], picture: Size, view: Size): Camera {
  const whole = fitPicture(picture, view);
  if (whole.scale >= legibleScale) return whole;
  const room = { width: view.width / legibleScale, height: view.height / legibleScale };
  const seen = areas.reduce<Area | null>((sum, area) => (sum === null ? area : joinWithin(room, sum, area)), null);
  const centred = centreOn(seen ?? { x: 0, y: 0, width: picture.width, height: 0 }, legibleScale, view);
  return { ...centred, ...withoutGap(centred, picture, view) };
}

function joinWithin(room: Size, one: Area, other: Area): Area {
  const [x, y] = [Math.min(one.x, other.x), Math.min(one.y, other.y)];
  const width = Math.max(one.x + one.width, other.x + other.width) - x;
  const height = Math.max(one.y + one.height, other.y + other.height) - y;
  const gap = 6 * marginPx;
  return width + gap <= room.width && height + gap <= room.height ? { x, y, width, height } : one;
}

/** Leaves no gap on one side while the picture continues on the other. Centres a picture that is smaller than the view. */
function withoutGap({ x, y, scale }: Camera, picture: Size, view: Size): Spot {
  const place = (start: number, length: number, viewLength: number) =>
    length + 2 * marginPx <= viewLength
      ? (viewLength - length) / 2
      : within(viewLength - marginPx - length, start, marginPx);
  return {
    x: place(x, picture.width * scale, view.width),
    y: place(y, picture.height * scale, view.height),
  };
}

/** Centres an area. */
export function centreOn(area: Area, scale: number, view: Size): Camera {
  return {
    x: view.width / 2 - (area.x + area.width / 2) * scale,
    y: view.height / 2 - (area.y + area.height / 2) * scale,
    scale,
  };
}

/** Scales by a factor around a spot of the view, which stays in place. */
export function zoomAt(camera: Camera, factor: number, spot: Spot): Camera {
  const scale = within(Math.min(smallestScale, camera.scale), camera.scale * factor, largestScale);
  const grown = scale / camera.scale;
  return { x: spot.x - (spot.x - camera.x) * grown, y: spot.y - (spot.y - camera.y) * grown, scale };
}

/** Moves the picture, but not out of the view. */
export function movePicture(camera: Camera, by: Spot, picture: Size, view: Size): Camera {
  const { scale } = camera;
  const least = (length: number) => Math.min(leastInSightPx, length * scale);
  return {
    x: within(least(picture.width) - picture.width * scale, camera.x + by.x, view.width - least(picture.width)),
    y: within(least(picture.height) - picture.height * scale, camera.y + by.y, view.height - least(picture.height)),
    scale,
  };
}

/** Whether an area is entirely in the view. */
export function isInSight({ x, y, scale }: Camera, area: Area, view: Size): boolean {
  const [left, top] = [x + area.x * scale, y + area.y * scale];
  return left >= 0 && top >= 0 && left + area.width * scale <= view.width && top + area.height * scale <= view.height;
}

/** Moves as little as possible to bring an area into the view; of an area that is too large, its top left corner. */
export function bringIntoSight(camera: Camera, area: Area, view: Size): Camera {
  return {
    x: camera.x + shiftInto(camera.x + area.x * camera.scale, area.width * camera.scale, view.width),
    y: camera.y + shiftInto(camera.y + area.y * camera.scale, area.height * camera.scale, view.height),
    scale: camera.scale,
  };
}

function shiftInto(start: number, length: number, viewLength: number): number {
  if (start < marginPx || length > viewLength - 2 * marginPx)
    return start < marginPx || start > viewLength - marginPx ? marginPx - start : 0;
  return Math.min(0, viewLength - marginPx - length - start);
}

const within = (least: number, value: number, most: number) => Math.min(Math.max(value, least), Math.max(least, most));
