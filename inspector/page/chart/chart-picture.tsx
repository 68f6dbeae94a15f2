import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Chart } from '../../../src/drawing/chart.ts';
import { collapseStates } from '../../../src/drawing/collapse-states.ts';
import { readChartWish } from '../../model/chart-wish.ts';
import { foldablePaths } from '../../model/foldable-paths.ts';
import { nextStop, stateKey, stopsOf } from '../../model/next-stop.ts';
import { activeWords } from '../../model/state-words.ts';
import { takenWays } from '../../model/taken-ways.ts';
import { activeAreas } from './active-areas.ts';
import type { ChartViewProps } from './chart-view-props.ts';
import { FindState, type Found } from './find-state.tsx';
import { findTouched } from './find-touched.ts';
import { lightPicture, pulseNewest, showArrowsOf } from './light-picture.ts';
import { focusStop } from './name-picture.ts';
import { SpokenWords } from './spoken-words.tsx';
import { usePicture } from './use-picture.ts';

interface ChartPictureProps extends Omit<ChartViewProps, 'definition'> {
  readonly chart: Chart;
  readonly hash: string;
}

/** What was closed in a chart stays so while the page is open. */
const keptClosed = new Map<string, ReadonlySet<string>>();
const nothingFound: Found = { paths: new Set(), centred: null };
const zoomStep = 1.25;
const moveStepPx = 60;

export function ChartPicture({ chart, hash, name, active, taken, isFresh, invokes, onChooseActor }: ChartPictureProps) {
  const stageElement = useRef<HTMLDivElement>(null);
  const [closed, setClosed] = useState(() => keptClosed.get(hash) ?? new Set<string>());
  const [found, setFound] = useState(nothingFound);
  const shown = useMemo(() => collapseStates(chart, closed), [chart, closed]);
  const anchor = useRef<string | null>(null);
  const { picture, stage, scale, problem } = usePicture(stageElement, shown, name, anchor);

  const ways = useMemo(() => takenWays(taken, chart, closed), [taken, chart, closed]);
  useLayoutEffect(() => {
    if (picture !== null) lightPicture(picture, { active, ways, invokes, found });
  }, [picture, active, ways, invokes, found]);

  useLayoutEffect(() => {
    stage?.follow((areas) => activeAreas(areas, active, ways));
  }, [stage, active, ways]);

  const newest = taken.at(-1);
  useLayoutEffect(() => {
    if (picture !== null && isFresh && newest !== undefined) pulseNewest(picture);
  }, [newest, isFresh]);

  useLayoutEffect(() => {
    const area = found.centred === null ? undefined : picture?.sheet.areas.get(found.centred);
    if (area !== undefined) stage?.centre(area);
  }, [found]);

  const fold = (path: string) => {
    if (!foldablePaths(shown).has(path)) return;
    const next = new Set(closed);
    if (!next.delete(path)) next.add(path);
    keptClosed.set(hash, next);
    anchor.current = path;
    setClosed(next);
  };

  const goTo = (key: string | null) => {
    const stop = key === null || picture === null ? null : focusStop(picture, key);
    const path = stop?.closest<SVGElement>('.state')?.dataset.state;
    const area = path === undefined ? undefined : picture?.sheet.areas.get(path);
    if (area !== undefined) stage?.reveal(area);
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const touched = findTouched(event.target);
    const wish = readChartWish(event, touched.stop !== null);
    if (wish === null || stage === null) return;
    event.preventDefault();
    event.stopPropagation();
    if (wish.kind === 'fit') stage.showAll();
    else if (wish.kind === 'zoom') stage.zoom(wish.isNearer ? zoomStep : 1 / zoomStep);
    else if (wish.kind === 'move') stage.move({ x: wish.x * moveStepPx, y: wish.y * moveStepPx });
    else if (wish.kind === 'leave') stageElement.current?.focus({ preventScroll: true });
    else if (wish.kind === 'go') goTo(nextStop(stopsOf(shown), touched.stop ?? '', wish.press));
    else if (touched.actorId !== null) onChooseActor(touched.actorId);
    else if (touched.path !== null) fold(touched.path);
  };

  const onClick = (event: MouseEvent) => {
    const { path, actorId, isFold } = findTouched(event.target);
    if (actorId !== null) onChooseActor(actorId);
    else if (isFold && path !== null) fold(path);
    else if (path !== null) goTo(stateKey(path));
  };

  const onDblClick = (event: MouseEvent) => {
    const { path, isFold, actorId } = findTouched(event.target);
    if (path !== null && !isFold && actorId === null) fold(path);
  };

  const showArrows = (event: Event) => {
    if (picture !== null) showArrowsOf(picture, findTouched(event.target).path);
  };
  const hideArrows = () => {
    if (picture !== null) showArrowsOf(picture, findTouched(document.activeElement).path);
  };

  return (
    <section class="chart-view" aria-label={`The chart of ${name}`}>
      <div class="chart-tools">
        <FindState chart={chart} closed={closed} onFound={setFound} />
        <div class="chart-zoom">
          <button type="button" aria-label="Smaller" title="Smaller (-)" onClick={() => stage?.zoom(1 / zoomStep)}>
            −
          </button>
          <output>{Math.round(scale * 100)} %</output>
          <button type="button" aria-label="Larger" title="Larger (+)" onClick={() => stage?.zoom(zoomStep)}>
            +
          </button>
          <button type="button" title="Show the whole chart (0)" onClick={() => stage?.showAll()}>
            Fit
          </button>
        </div>
      </div>
      {problem === null ? null : <p class="chart-problem">{problem}</p>}
      {problem === null && picture === null ? <p class="chart-wait">The chart is being laid out.</p> : null}
      <div
        ref={stageElement}
        class="chart-stage"
        role="application"
        aria-label="Picture of the chart: arrow keys move it, plus and minus zoom, 0 shows all of it, Tab goes to its states"
        onKeyDown={onKeyDown}
        onClick={onClick}
        onDblClick={onDblClick}
        onPointerOver={showArrows}
        onPointerLeave={hideArrows}
        onFocusIn={showArrows}
        onFocusOut={hideArrows}
      />
      <SpokenWords words={activeWords(chart, active)} />
    </section>
  );
}
