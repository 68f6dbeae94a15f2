import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { TakenTransition } from '../../../src/domain/inspection.ts';
import type { Chart } from '../../../src/drawing/chart.ts';
import { collapseStates } from '../../../src/drawing/collapse-states.ts';
import type { Area } from '../../../src/drawing/layout.ts';
import { innermostStates } from '../../model/active-states.ts';
import type { ActorStatus } from '../../model/actor-status.ts';
import { readChartCommand } from '../../model/chart-command.ts';
import { collapsiblePaths } from '../../model/collapsible-paths.ts';
import { describeActiveStates } from '../../model/describe-state.ts';
import { nextStop, stateKey, stopsOf } from '../../model/next-stop.ts';
import type { PhaseSpan } from '../../model/phase-spans.ts';
import { type TakenArrow, takenArrows } from '../../model/taken-arrows.ts';
import { FindState, type FoundStates } from './find-state.tsx';
import { lightPicture, pulseNewest, showArrowsOf } from './light-picture.ts';
import { LiveRegion } from './live-region.tsx';
import type { Sheet } from './mount-picture.ts';
import { focusStop } from './name-picture.ts';
import { usePicture } from './use-picture.ts';

export interface ChartPictureProps {
  readonly chart: Chart;
  readonly hash: string;
  /** Of the actor. */
  readonly name: string;
  /** Paths of the active states and their parents, with dots. */
  readonly active: ReadonlySet<string>;
  /** The last transitions, the newest last. */
  readonly taken: readonly TakenTransition[];
  /** The newest transition was taken just now: it pulses. */
  readonly isFresh: boolean;
  /** By the id of the actor. */
  readonly invokes: ReadonlyMap<string, ActorStatus>;
  /** The times of the states that are over, as far as they are known. */
  readonly past: ReadonlyMap<string, PhaseSpan>;
  readonly onChooseActor: (actorId: string) => void;
}

/** The collapsed states of each chart, kept while the page is open. */
const keptCollapsed = new Map<string, ReadonlySet<string>>();
const nothingFound: FoundStates = { paths: new Set(), centred: null };
const zoomStep = 1.25;
const moveStepPx = 60;

export function ChartPicture({
  chart,
  hash,
  name,
  active,
  taken,
  isFresh,
  invokes,
  past,
  onChooseActor,
}: ChartPictureProps) {
  const stageElement = useRef<HTMLDivElement>(null);
  const [collapsed, setCollapsed] = useState(() => keptCollapsed.get(hash) ?? new Set<string>());
  const [found, setFound] = useState(nothingFound);
  const shown = useMemo(() => collapseStates(chart, collapsed), [chart, collapsed]);
  const anchor = useRef<string | null>(null);
  const { picture, stage, scale, problem } = usePicture(stageElement, shown, name, anchor);

  const arrows = useMemo(() => takenArrows(taken, chart, collapsed), [taken, chart, collapsed]);
  useLayoutEffect(() => {
    if (picture !== null) lightPicture(picture, { active, taken: arrows, invokes, past, found });
  }, [picture, active, arrows, invokes, past, found]);

  useLayoutEffect(() => {
    stage?.follow((areas) => activeAreas(areas, active, arrows));
  }, [stage, active, arrows]);

  const newest = taken.at(-1);
  useLayoutEffect(() => {
    if (picture !== null && isFresh && newest !== undefined) pulseNewest(picture);
  }, [newest, isFresh]);

  useLayoutEffect(() => {
    const area = found.centred === null ? undefined : picture?.sheet.areas.get(found.centred);
    if (area !== undefined) stage?.centre(area);
  }, [found]);

  const toggle = (path: string) => {
    if (!collapsiblePaths(shown).has(path)) return;
    const next = new Set(collapsed);
    if (!next.delete(path)) next.add(path);
    keptCollapsed.set(hash, next);
    anchor.current = path;
    setCollapsed(next);
  };

  const goTo = (key: string | null) => {
    const stop = key === null || picture === null ? null : focusStop(picture, key);
    const path = stop?.closest<SVGElement>('.state')?.dataset.state;
    const area = path === undefined ? undefined : picture?.sheet.areas.get(path);
    if (area !== undefined) stage?.reveal(area);
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const touched = findTouched(event.target);
    const command = readChartCommand(event, touched.stop !== null);
    if (command === null || stage === null) return;
    event.preventDefault();
    event.stopPropagation();
    if (command.kind === 'fit') stage.showAll();
    else if (command.kind === 'zoom') stage.zoom(command.isIn ? zoomStep : 1 / zoomStep);
    else if (command.kind === 'move') stage.move({ x: command.x * moveStepPx, y: command.y * moveStepPx });
    else if (command.kind === 'leave') stageElement.current?.focus({ preventScroll: true });
    else if (command.kind === 'go') goTo(nextStop(stopsOf(shown), touched.stop ?? '', command.press));
    else if (touched.actorId !== null) onChooseActor(touched.actorId);
    else if (touched.path !== null) toggle(touched.path);
  };

  const onClick = (event: MouseEvent) => {
    const { path, actorId, isToggle } = findTouched(event.target);
    if (actorId !== null) onChooseActor(actorId);
    else if (isToggle && path !== null) toggle(path);
    else if (path !== null) goTo(stateKey(path));
  };

  const onDblClick = (event: MouseEvent) => {
    const { path, isToggle, actorId } = findTouched(event.target);
    if (path !== null && !isToggle && actorId === null) toggle(path);
  };

  const showArrows = (event: Event) => {
    if (picture !== null) showArrowsOf(picture, findTouched(event.target).path);
  };
  const hideArrows = () => {
    if (picture !== null) showArrowsOf(picture, findTouched(document.activeElement).path);
  };

  return (
    <section class="chart-view" aria-label={`Chart of ${name}`}>
      <div class="chart-tools">
        <FindState chart={chart} collapsed={collapsed} onFound={setFound} />
        <div class="chart-zoom">
          <button type="button" aria-label="Zoom out" title="Zoom out (-)" onClick={() => stage?.zoom(1 / zoomStep)}>
            −
          </button>
          <output>{Math.round(scale * 100)} %</output>
          <button type="button" aria-label="Zoom in" title="Zoom in (+)" onClick={() => stage?.zoom(zoomStep)}>
            +
          </button>
          <button type="button" title="Show the whole chart (0)" onClick={() => stage?.showAll()}>
            Fit
          </button>
        </div>
      </div>
      {problem === null ? null : <p class="chart-problem">{problem}</p>}
      {problem === null && picture === null ? <p class="chart-wait">Laying out the chart …</p> : null}
      <div
        ref={stageElement}
        class="chart-stage"
        role="application"
        aria-label="Picture of the chart. Arrow keys move it, plus and minus zoom, 0 shows all of it, Tab goes to its states."
        onKeyDown={onKeyDown}
        onClick={onClick}
        onDblClick={onDblClick}
        onPointerOver={showArrows}
        onPointerLeave={hideArrows}
        onFocusIn={showArrows}
        onFocusOut={hideArrows}
      />
      <LiveRegion text={describeActiveStates(chart, active)} />
    </section>
  );
}

/** The areas of the innermost active states, the most recently entered first. */
function activeAreas(
  areas: Sheet['areas'],
  active: ReadonlySet<string>,
  taken: readonly TakenArrow[],
): readonly Area[] {
  const innermost = innermostStates([...active].filter((path) => areas.has(path)));
  const entered = taken.flatMap(({ to }) => (to !== null && innermost.includes(to) ? [to] : []));
  return [...new Set([...entered, ...innermost])].flatMap((path) => areas.get(path) ?? []);
}

/** What a click, a key or the pointer refers to. */
interface Touched {
  /** The path of the state; null: none. */
  readonly path: string | null;
  readonly actorId: string | null;
  /** The keyboard stop. */
  readonly stop: string | null;
  /** It is the sign that collapses and expands the state. */
  readonly isToggle: boolean;
}

function findTouched(target: EventTarget | null): Touched {
  const element = target instanceof Element ? target : null;
  const around = (selector: string) => element?.closest<SVGElement>(selector)?.dataset;
  return {
    path: around('.state')?.state ?? null,
    actorId: around('.invoke')?.invoke ?? null,
    stop: around('[data-stop]')?.stop ?? null,
    isToggle: element?.closest('.toggle') != null,
  };
}
