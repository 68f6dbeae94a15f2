import { clockText } from '../../../src/domain/clock-text.ts';
import type { Json } from '../../../src/domain/inspection.ts';
import { describeStatus } from '../../model/actor-status.ts';
import { diffJson } from '../../model/diff-json.ts';
import type { ActorAt } from '../../model/recording.ts';
import { ValueTree } from '../context/value-tree.tsx';

const kindTexts = {
  machine: 'A machine. Its chart was not sent.',
  promise: 'A promise: runs until it has a result.',
  callback: 'A callback: sends events to its parent.',
  observable: 'An observable: sends each value to its parent as an event.',
  work: 'An actor without a chart.',
} as const;

/** The details of an actor without a chart. */
export function ActorCard({ actor }: { readonly actor: ActorAt }) {
  const { name, kind, src, systemId, snapshot } = actor;
  const { status, input, output, error } = snapshot.snapshot;
  return (
    <div class="actor-card" data-view="chart" data-actor={actor.sessionId} tabIndex={-1}>
      <h2>{name}</h2>
      <p>{kindTexts[kind]}</p>
      <dl>
        <Fact name="Status" value={describeStatus(snapshot)} isError={status === 'error'} />
        <Fact name="Logic" value={src} />
        <Fact name="System ID" value={systemId} />
        <Fact name="Last change" value={clockText(snapshot.atMs)} />
      </dl>
      <Value name="Input" value={input} />
      <Value name="Output" value={output} />
      <Value name="Error" value={error} />
    </div>
  );
}

interface FactProps {
  readonly name: string;
  readonly value: string | null;
  readonly isError?: boolean;
}

function Fact({ name, value, isError = false }: FactProps) {
  if (value === null) return null;
  return (
    <div>
      <dt>{name}</dt>
      <dd class={isError ? 'error' : undefined}>{value}</dd>
    </div>
  );
}

function Value({ name, value }: { readonly name: string; readonly value: Json | undefined }) {
  if (value === undefined) return null;
  return (
    <section>
      <h3>{name}</h3>
      <ValueTree label={name} root={diffJson(value, value)} />
    </section>
  );
}
