import type { Area } from '../../src/drawing/layout.ts';

/** How a picture is looked at: what stands at (px, py) in it is seen at (x + px * scale, y + py * scale). */
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
/** A small picture is not blown up to fill a large view. */
const largestFit = 1.25;
const marginPx = 16;
/** Smaller than this, the whole of a picture says little; it is begun at a size that can be read. */
const smallestWhole = 0.5;
const firstScale = 0.7;
/** So much of a picture stays in sight, wherever it is moved. */
const leastInSightPx = 48;
/** However large a picture is, all of it is seen when it is fitted. */
const smallestFit = 0.001;

/** The whole picture, in the middle. */
export function fitPicture(picture: Size, view: Size): Camera {
  const room = { width: view.width - 2 * marginPx, height: view.height - 2 * marginPx };
  const scale = within(smallestFit, Math.min(room.width / picture.width, room.height / picture.height), largestFit);
  return centreOn({ x: 0, y: 0, ...picture }, scale, view);
}

/** What is seen of a picture at first: all of it where that can be read, else as many of some areas as have room beside each other, the first before all. */
export function beginWith(areas: readonly Area[], picture: Size, view: Size): Camera {
  const whole = fitPicture(picture, view);
  if (whole.scale >= smallestWhole) return whole;
  const room = { width: view.width / firstScale, height: view.height / firstScale };
  const seen = areas.reduce<Area | null>((sum, area) => (sum === null ? area : joinWithin(room, sum, area)), null);
  const centred = centreOn(seen ?? { x: 0, y: 0, width: picture.width, height: 0 }, firstScale, view);
  return { ...centred, ...withoutGap(centred, picture, view) };
}

function joinWithin(room: Size, one: Area, other: Area): Area {
  const [x, y] = [Math.min(one.x, other.x), Math.min(one.y, other.y)];
  const width = Math.max(one.x + one.width, other.x + other.width) - x;
  const height = Math.max(one.y + one.height, other.y + other.height) - y;
  const gap = 6 * marginPx;
  return width + gap <= room.width && height + gap <= room.height ? { x, y, width, height } : one;
}

/** No room is left empty at one side while the picture goes on at the other; what is smaller than the view stands in its middle. */
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

/** An area in the middle. */
export function centreOn(area: Area, scale: number, view: Size): Camera {
  return {
    x: view.width / 2 - (area.x + area.width / 2) * scale,
    y: view.height / 2 - (area.y + area.height / 2) * scale,
    scale,
  };
}

/** Nearer by a factor, or further away; what is seen at a spot of the view stays there. */
export function zoomAt(camera: Camera, factor: number, spot: Spot): Camera {
  const scale = within(Math.min(smallestScale, camera.scale), camera.scale * factor, largestScale);
  const grown = scale / camera.scale;
  return { x: spot.x - (spot.x - camera.x) * grown, y: spot.y - (spot.y - camera.y) * grown, scale };
}

/** The picture, moved, but not out of sight. */
export function movePicture(camera: Camera, by: Spot, picture: Size, view: Size): Camera {
  const { scale } = camera;
  const least = (length: number) => Math.min(leastInSightPx, length * scale);
  return {
    x: within(least(picture.width) - picture.width * scale, camera.x + by.x, view.width - least(picture.width)),
    y: within(least(picture.height) - picture.height * scale, camera.y + by.y, view.height - least(picture.height)),
    scale,
  };
}

/** Whether an area is seen as a whole. */
export function isInSight({ x, y, scale }: Camera, area: Area, view: Size): boolean {
  const [left, top] = [x + area.x * scale, y + area.y * scale];
  return left >= 0 && top >= 0 && left + area.width * scale <= view.width && top + area.height * scale <= view.height;
}

/** Moved as little as brings an area into sight; of one that is too large, the beginning. */
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
