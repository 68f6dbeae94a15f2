import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useState } from 'preact/hooks';
import type { Chart } from '../../../src/drawing/chart.ts';
import { stateKey } from '../../model/next-stop.ts';
import { createStage, type Stage } from './create-stage.ts';
import { createLayouts } from './layouts.ts';
import { mountPicture, mountSheet, type Picture } from './mount-picture.ts';
import { focusStop, namePicture } from './name-picture.ts';

const layouts = createLayouts();

export interface ShownPicture {
  /** null until it is drawn. */
  readonly picture: Picture | null;
  readonly stage: Stage | null;
  readonly scale: number;
  /** The reason why there is no picture, in a sentence. */
  readonly problem: string | null;
}

/**
 * Draws a chart into an element, and again when the chart changes.
 * @param anchor the path of the state that was collapsed or expanded: it keeps its place and the focus
 */
export function usePicture(
  element: RefObject<HTMLElement | null>,
  chart: Chart,
  name: string,
  anchor: RefObject<string | null>,
): ShownPicture {
  const [stage, setStage] = useState<Stage | null>(null);
  const [picture, setPicture] = useState<Picture | null>(null);
  const [scale, setScale] = useState(1);
  const [problem, setProblem] = useState<string | null>(null);

  useLayoutEffect(() => {
    if (element.current === null) return;
    const made = createStage(element.current, setScale);
    setStage(made);
    return () => made.end();
  }, []);

  useEffect(() => {
    const host = element.current;
    if (stage === null || host === null) return;
    const until = new AbortController();
    const draw = async () => {
      const layout = await layouts.of(chart);
      if (until.signal.aborted) return;
      const isAtAnchor = anchor.current !== null && host.contains(document.activeElement);
      const sheet = mountSheet(host, chart, layout);
      // Scaled before it is drawn: scaling a drawn text would lay it out again.
      stage.show(sheet, anchor.current);
      const next = await mountPicture(sheet, chart, layout, until.signal);
      if (next === null) return;
      namePicture(next, name);
      if (anchor.current !== null && isAtAnchor) focusStop(next, stateKey(anchor.current));
      setPicture(next);
      setProblem(null);
    };
    draw().catch((error: Error) => {
      if (!until.signal.aborted) setProblem(`This chart cannot be laid out: ${error.message}.`);
    });
    return () => until.abort();
  }, [stage, chart]);

  return { picture, stage, scale, problem };
}
