import { anyStateText } from './drawing-plan.ts';
import type { Line, LineKind, Mark } from './layout.ts';
import { sizes } from './type-sizes.ts';
import { xml, xmlText } from './xml.ts';

/** Path data within a square of 8 px. */
const signs: Partial<Record<LineKind, string>> = {
  inside: 'M1 1h6.5v6.5h-6.5zM4.25 2.75v3M2.75 4.25h3',
  invoke: 'M1.5 1v6.5l5.5-3.25z',
  spawn: 'M4 1v6.5M.75 4.25h6.5',
  stays: 'M1 4.25h6',
  reenters: 'M7 4.25a3 3 0 1 1-1-2.3M6.4.2v2h-2',
  leads: 'M1.5 1.5l5.5 5.5M7 1.5l-5.5 5.5',
};

/** A line of text in a box, with its sign. */
export function drawLine(line: Line, toPath: string | null): string {
  const { kind, x, y, actor, eventType, isError } = line;
  const sign = signs[kind];
  return xml(
    'g',
    {
      class: isError ? `${kind} failure` : kind,
      [`data-${kind}`]: actor,
      'data-event': eventType,
      'data-to': toPath,
    },
    ...(sign === undefined
      ? []
      : [xml('path', { class: 'sign', d: sign, transform: `translate(${x - sizes.sign} ${y - 8})` })]),
    drawText(line),
  );
}

/** A label is centred, so that it stays on its arrow in every font. */
export function drawText({ kind, text, condition, toName, x, y, width }: Line): string {
  const isHead = kind === 'name' || kind === 'chart' || kind === 'description';
  const place = kind === 'label' ? { x: x + width / 2, y, 'text-anchor': 'middle' } : { x, y };
  return xml(
    'text',
    { class: isHead ? kind : null, ...place },
    xmlText(condition === null ? text : `${text} `),
    ...(condition === null ? [] : [xml('tspan', { class: 'condition' }, xmlText(`[${condition}]`))]),
    ...(toName === null ? [] : [xmlText(` → ${toName}`)]),
  );
}

export function drawMark({ kind, x, y, width, height }: Mark): string {
  if (kind === 'initial') {
    return xml('circle', { class: 'dot', cx: x + width / 2, cy: y + height / 2, r: width / 2 });
  }
  return xml(
    'g',
    { class: 'any' },
    xml('rect', { class: 'pill', x, y, width, height, rx: height / 2 }),
    xml('text', { x: x + width / 2, y: y + 14, 'text-anchor': 'middle' }, anyStateText),
  );
}
