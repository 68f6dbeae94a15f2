import { diffJson } from '../../model/diff-json.ts';
import { describeRoute, describeRow, type LogRow } from '../../model/log-row.ts';
import { ValueTree } from '../context/value-tree.tsx';
import { chooseActor, goTo, server } from '../page-state.ts';

export interface LogDetailsProps {
  readonly row: LogRow;
  readonly onClose: () => void;
}

/** The details of a row: full names, the transitions that followed, its payload, and a button that goes to its moment. */
export function LogDetails({ row, onClose }: LogDetailsProps) {
  const shown = server.value;
  if (shown === null) return null;
  const { position, text, target, payload, logKind } = row;
  const outcome = shown.recording.outcomeOf(position);
  const words = describeRow(row, shown.recording);
  return (
    <section class="details" aria-label="Chosen event">
      <div class="details-head">
        <b>{words}</b>
        <span class="quiet">{describeRoute(row)}</span>
        <button type="button" class="plain" aria-label="Close" onClick={onClose}>
          ×
        </button>
      </div>
      {words === text ? null : (
        <p class="quiet">
          Event type <code>{text}</code>
        </p>
      )}
      {outcome?.transitions.map(({ position: at, taken }) => (
        <p key={at}>
          {taken.source} → {taken.targets.length === 0 ? 'stays' : taken.targets.join(', ')}
        </p>
      ))}
      {payload !== null ? (
        <ValueTree label={`Payload of ${words}`} root={diffJson(payload, payload)} />
      ) : logKind === 'event' ? (
        <p class="quiet">The event has no payload.</p>
      ) : null}
      <div class="details-foot">
        <button type="button" class="button" onClick={() => goTo((outcome?.position ?? position) + 1)}>
          Go to this moment
        </button>
        {target === null ? null : (
          <button type="button" class="button" onClick={() => chooseActor(shown.id, target.sessionId)}>
            Show {target.name}
          </button>
        )}
      </div>
    </section>
  );
}
