import { diffJson } from '../../model/diff-json.ts';
import type { LogRow } from '../../model/log-row.ts';
import { sayParties } from '../../model/say-parties.ts';
import { ValueTree } from '../context/value-tree.tsx';
import { chooseActor, goTo, server } from '../page-state.ts';

export interface LogDetailsProps {
  readonly row: LogRow;
  readonly onClose: () => void;
}

/** What belongs to a row of the log: whole names, what it led to, its payload, and the way to its moment. */
export function LogDetails({ row, onClose }: LogDetailsProps) {
  const of = server.value;
  if (of === null) return null;
  const { position, text, target, payload, news } = row;
  const outcome = of.recording.outcomeOf(position);
  return (
    <section class="details" aria-label="Chosen event">
      <div class="details-head">
        <b>{text}</b>
        <span class="quiet">{sayParties(row)}</span>
        <button type="button" class="plain" aria-label="Close" onClick={onClose}>
          ×
        </button>
      </div>
      {outcome?.transitions.map(({ position: at, taken }) => (
        <p key={at}>
          {taken.source} → {taken.targets.length === 0 ? 'stays where it is' : taken.targets.join(', ')}
        </p>
      ))}
      {payload !== null ? (
        <ValueTree label={`Payload of ${text}`} root={diffJson(payload, payload)} />
      ) : news === 'event' ? (
        <p class="quiet">It brings nothing but its type.</p>
      ) : null}
      <div class="details-foot">
        <button type="button" class="button" onClick={() => goTo((outcome?.position ?? position) + 1)}>
          Show this moment
        </button>
        {target === null ? null : (
          <button type="button" class="button" onClick={() => chooseActor(of.id, target.sessionId)}>
            Show {target.name}
          </button>
        )}
      </div>
    </section>
  );
}
