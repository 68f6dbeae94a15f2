import type { ActorStatus } from '../../model/actor-status.ts';
import { isLifecycle, type PhaseSpan, pastPhases } from '../../model/phase-spans.ts';
import type { ActorAt } from '../../model/recording.ts';
import { ChartView } from '../chart/chart-view.tsx';
import { actor, actors, chooseActor, isLive, moment, server, type WatchedServer } from '../page-state.ts';
import { AbsentNotice } from './absent-notice.tsx';
import { ActorCard } from './actor-card.tsx';
import { NoActor } from './no-actor.tsx';
import { NoServer } from './no-server.tsx';

const noPhases: ReadonlyMap<string, PhaseSpan> = new Map();
/** The number of transitions that stay visible on the chart. */
const longestPath = 6;
/** Only a transition younger than this pulses: a page that opens later also receives old ones. */
const freshMs = 1_500;

/** The chosen actor: its chart, or its details if it has none. */
export function ActorView() {
  const shown = actor.value;
  const of = server.value;
  if (of === null) return <NoServer />;
  if (shown === null) return <NoActor recording={of.recording} />;
  return (
    <>
      <AbsentNotice shown={shown} />
      {shown.definition === null || shown.kind !== 'machine' ? (
        <ActorCard actor={shown} />
      ) : (
        <MachineView of={of} shown={shown} definition={shown.definition} />
      )}
    </>
  );
}

interface MachineViewProps {
  readonly of: WatchedServer;
  readonly shown: ActorAt;
  readonly definition: string;
}

function MachineView({ of, shown, definition }: MachineViewProps) {
  const at = moment.value;
  const taken = of.recording.transitionsBefore(shown.sessionId, at, longestPath);
  const newest = taken.at(-1);
  const isFresh =
    newest !== undefined &&
    (isLive.value ? newest.atMs > Date.now() - freshMs : of.recording.nextTransition(at - 1, shown.sessionId) === at);
  return (
    <div class="chart-place" data-view="chart" data-actor={shown.sessionId} tabIndex={-1}>
      <ChartView
        key={`${of.id} ${shown.sessionId}`}
        name={shown.name}
        definition={definition}
        active={shown.active}
        taken={taken.map((each) => each.taken)}
        isFresh={isFresh}
        invokes={invokesOf(shown)}
        past={isLifecycle(shown) ? pastPhases(of.recording.phasesAt(at), shown.active) : noPhases}
        onChooseActor={(actorId) => {
          const child = childrenOf(shown).findLast(({ name }) => name === actorId);
          if (child !== undefined) chooseActor(of.id, child.sessionId);
        }}
      />
    </div>
  );
}

const childrenOf = ({ sessionId }: ActorAt): readonly ActorAt[] =>
  actors.value.filter(({ parentId }) => parentId === sessionId);

const statuses: readonly ActorStatus[] = ['active', 'done', 'error', 'stopped'];

/** If several children had the same name, the newest counts. */
function invokesOf(shown: ActorAt): ReadonlyMap<string, ActorStatus> {
  return new Map(
    childrenOf(shown).flatMap(({ name, snapshot }) => {
      const status = statuses.find((each) => each === snapshot.snapshot.status);
      return status === undefined ? [] : [[name, status] as const];
    }),
  );
}
