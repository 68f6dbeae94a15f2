import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bringIntoSight,
  type Camera,
  centreOn,
  firstCamera,
  fitPicture,
  isInSight,
  movePicture,
  type Size,
  zoomAt,
} from '../../inspector/model/camera.ts';

const view: Size = { width: 800, height: 600 };
const picture: Size = { width: 1_000, height: 2_000 };
const aSize = fc.record({ width: fc.integer({ min: 20, max: 9_000 }), height: fc.integer({ min: 20, max: 9_000 }) });
const aCamera = fc.record({
  x: fc.integer({ min: -5_000, max: 5_000 }),
  y: fc.integer({ min: -5_000, max: 5_000 }),
  scale: fc.double({ min: 0.05, max: 4, noNaN: true }),
});
const aSpot = fc.record({ x: fc.integer({ min: 0, max: 800 }), y: fc.integer({ min: 0, max: 600 }) });

const seen = ({ x, y, scale }: Camera, point: { x: number; y: number }) => ({
  x: x + point.x * scale,
  y: y + point.y * scale,
});

describe('a picture that is fitted', () => {
  it('is shown as a whole, centred', () => {
    const camera = fitPicture(picture, view);
    expect(camera.scale).toBeCloseTo(584 / 2_000);
    expect(seen(camera, { x: 500, y: 1_000 })).toEqual({ x: 400, y: 300 });
  });

  it('is shown as a whole however large it is, and zooming out does not enlarge it', () => {
    const tall = { width: 400, height: 60_000 };
    const camera = fitPicture(tall, view);
    expect(seen(camera, { x: 0, y: 0 }).y).toBeCloseTo(8);
    expect(seen(camera, { x: 0, y: 60_000 }).y).toBeCloseTo(592);
    expect(zoomAt(camera, 0.8, { x: 400, y: 300 }).scale).toBe(camera.scale);
  });

  it('is not enlarged much if it is small', () => {
    expect(fitPicture({ width: 100, height: 50 }, view).scale).toBe(1.5);
  });
});

describe('the first view of a picture', () => {
  const large: Size = { width: 4_000, height: 8_000 };
  const area = (x: number, y: number) => ({ x, y, width: 100, height: 40 });

  it('shows the whole picture if its smallest text, of 11 px, is not reduced', () => {
    const small: Size = { width: 784, height: 500 };
    expect(firstCamera([area(10, 10)], small, view)).toEqual(fitPicture(small, view));
  });

  it('otherwise has that size, around the active states', () => {
    expect(firstCamera([area(10, 10)], { width: 785, height: 500 }, view)).toEqual({ x: 8, y: 50, scale: 1 });
    const camera = firstCamera([area(2_000, 4_000)], large, view);
    expect(camera.scale).toBe(1);
    const middle = seen(camera, { x: 2_050, y: 4_020 });
    expect(middle.x).toBeCloseTo(400);
    expect(middle.y).toBeCloseTo(300);
  });

  it('shows as many active states as fit, and the first one in any case', () => {
    const [first, near, far] = [area(2_000, 4_000), area(2_500, 4_300), area(100, 100)];
    const camera = firstCamera([first, far, near], large, view);
    expect([first, near, far].map((each) => isInSight(camera, each, view))).toEqual([true, true, false]);
  });

  it('has no gap on one side while the picture continues on the other', () => {
    const atCorner = firstCamera([area(0, 0)], large, view);
    expect(atCorner).toEqual({ x: 8, y: 8, scale: 1 });
    const atEnd = seen(firstCamera([area(3_900, 7_960)], large, view), { x: 4_000, y: 8_000 });
    expect(atEnd.x).toBeCloseTo(792);
    expect(atEnd.y).toBeCloseTo(592);
  });

  it('centres the picture where there is room', () => {
    const tall: Size = { width: 400, height: 8_000 };
    const camera = firstCamera([area(0, 4_000)], tall, view);
    expect(seen(camera, { x: 200, y: 0 }).x).toBeCloseTo(400);
  });
});

describe('a zoom', () => {
  it('keeps the point under the pointer in place, and is limited in both directions', () => {
    fc.assert(
      fc.property(aCamera, aSpot, fc.double({ min: 0.01, max: 100, noNaN: true }), (camera, spot, factor) => {
        const point = { x: (spot.x - camera.x) / camera.scale, y: (spot.y - camera.y) / camera.scale };
        const next = zoomAt(camera, factor, spot);
        expect(seen(next, point).x).toBeCloseTo(spot.x, 4);
        expect(seen(next, point).y).toBeCloseTo(spot.y, 4);
        expect(next.scale).toBeGreaterThanOrEqual(0.02);
        expect(next.scale).toBeLessThanOrEqual(4);
      }),
    );
  });
});

describe('a picture that is moved', () => {
  it('keeps some of the picture in the view', () => {
    fc.assert(
      fc.property(aCamera, aSize, aSpot, (camera, size, by) => {
        const { x, y, scale } = movePicture(camera, by, size, view);
        const least = (length: number) => Math.min(48, length * scale) - 0.001;
        expect(x + size.width * scale).toBeGreaterThanOrEqual(least(size.width));
        expect(y + size.height * scale).toBeGreaterThanOrEqual(least(size.height));
        expect(view.width - x).toBeGreaterThanOrEqual(least(size.width));
        expect(view.height - y).toBeGreaterThanOrEqual(least(size.height));
      }),
    );
  });

  it('goes as far as it was moved', () => {
    expect(movePicture({ x: 10, y: 20, scale: 1 }, { x: 5, y: -7 }, picture, view)).toEqual({ x: 15, y: 13, scale: 1 });
  });
});

describe('a state', () => {
  const area = { x: 300, y: 900, width: 100, height: 40 };

  it('is centred', () => {
    expect(seen(centreOn(area, 2, view), { x: 350, y: 920 })).toEqual({ x: 400, y: 300 });
  });

  it('that is in the view stays in place', () => {
    const camera = { x: 0, y: -700, scale: 1 };
    expect(bringIntoSight(camera, area, view)).toEqual(camera);
  });

  it('that is outside the view is moved just into it', () => {
    fc.assert(
      fc.property(aCamera, (camera) => {
        const next = bringIntoSight(camera, area, view);
        const corner = seen(next, area);
        expect(corner.x).toBeGreaterThan(7.99);
        expect(corner.y).toBeGreaterThan(7.99);
        expect(corner.x + 100 * next.scale).toBeLessThan(792.01);
        expect(corner.y + 40 * next.scale).toBeLessThan(592.01);
      }),
    );
  });

  it('that is larger than the view is shown from its beginning', () => {
    const next = bringIntoSight({ x: -9_000, y: 9_000, scale: 1 }, { x: 0, y: 0, width: 2_000, height: 2_000 }, view);
    expect(next).toEqual({ x: 8, y: 8, scale: 1 });
  });
});
