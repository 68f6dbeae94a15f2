import type { Area } from '../../../src/drawing/layout.ts';
import { xml } from '../../../src/drawing/xml.ts';

/** The small ± on the upper border of a state that has others in it. */
export function foldSign({ x, y, width }: Area, isClosed: boolean): string {
  return xml(
    'g',
    { class: 'fold', transform: `translate(${x + width - 15} ${y})` },
    xml('title', {}, isClosed ? 'Open' : 'Close'),
    xml('circle', { r: 7 }),
    xml('path', { d: isClosed ? 'M-3.5 0h7M0 -3.5v7' : 'M-3.5 0h7' }),
  );
}
