import type { ComponentChildren } from 'preact';
import { ActorView } from './actors/actor-view.tsx';
import { ServerTree } from './actors/server-tree.tsx';
import { CallsCount } from './calls/calls-count.tsx';
import { CallsPanel } from './calls/calls-panel.tsx';
import { ContextPanel } from './context/context-panel.tsx';
import { Header } from './header/header.tsx';
import { HelpDialog } from './keyboard/help-dialog.tsx';
import { LogPanel } from './log/log-panel.tsx';
import { allViews, isNarrow, type View, view, viewsBesideChart } from './page-state.ts';
import { SequencePanel } from './sequence/sequence-panel.tsx';
import { SessionPanel } from './session/session-panel.tsx';
import { hasSessions } from './session/shown-session.ts';
import { TimeBar } from './time/time-bar.tsx';
import { Notices } from './widgets/notices.tsx';
import { Splitter } from './widgets/splitter.tsx';
import { Tabs } from './widgets/tabs.tsx';

interface Panel {
  readonly label: string;
  readonly count?: () => ComponentChildren;
  readonly show: () => ComponentChildren;
}

const panels: Readonly<Record<View, Panel>> = {
  actors: { label: 'Actors', show: () => <ServerTree /> },
  chart: { label: 'Chart', show: () => <ActorView /> },
  context: { label: 'Context', show: () => <ContextPanel /> },
  events: { label: 'Events', show: () => <LogPanel /> },
  sequence: { label: 'Sequence', show: () => <SequencePanel /> },
  calls: { label: 'Calls', count: () => <CallsCount />, show: () => <CallsPanel /> },
  session: { label: 'Session', show: () => <SessionPanel /> },
};

/** The whole page. */
export function Shell() {
  return (
    <div class={isNarrow.value ? 'shell narrow' : 'shell'}>
      <Header />
      <Notices />
      {isNarrow.value ? <Narrow /> : <Wide />}
      <TimeBar />
      <HelpDialog />
    </div>
  );
}

function Wide() {
  return (
    <div class="columns">
      <nav class="panel" aria-label="Actors">
        <h2 class="heading">Actors</h2>
        <ServerTree />
        <Splitter label="Width of the actors" property="--actors-px" grows={1} least={160} most={520} />
      </nav>
      <main class="panel chart-panel">
        <ActorView />
      </main>
      <aside class="side" aria-label="Context and events">
        <Splitter label="Width of the panels" property="--side-px" grows={-1} least={280} most={900} />
        <section class="panel" aria-labelledby="context-heading">
          <h2 class="heading" id="context-heading">
            Context
          </h2>
          <ContextPanel />
        </section>
        <Splitter label="Height of the context" property="--context-px" grows={1} isRow least={80} most={1200} />
        <ChosenView views={viewsBesideChart} />
      </aside>
    </div>
  );
}

function Narrow() {
  return (
    <main class="stack">
      <ChosenView views={allViews} />
    </main>
  );
}

function ChosenView({ views: all }: { readonly views: readonly View[] }) {
  const views = all.filter((id) => id !== 'session' || hasSessions.value);
  const chosen = views.includes(view.value) ? view.value : 'events';
  return (
    <section class="panel" aria-label={panels[chosen].label}>
      <Tabs
        label="Panels"
        tabs={views.map((id) => ({ id, label: panels[id].label, count: panels[id].count?.() }))}
        chosen={chosen}
        onChoose={(id) => {
          view.value = id;
        }}
      />
      <div class="tab-panel" role="tabpanel" id={`panel-${chosen}`} aria-labelledby={`tab-${chosen}`}>
        {panels[chosen].show()}
      </div>
    </section>
  );
}
