import { clockText } from '../../domain/clock-text.ts';
import { encodeJson } from '../../domain/encode-json.ts';
import type { CallsMessage, InspectionMessage, Json, SeenSnapshot } from '../../domain/inspection.ts';
import { createIntroductions } from '../../domain/introductions.ts';
import { printable } from '../../domain/printable-text.ts';
import { shortName } from '../../domain/short-name.ts';
import { eventText } from '../../drawing/trigger.ts';
import type { Paint } from '../report.ts';

/** Formats the messages of a server as lines. Remembers the names of actors: create one for each stream. */
export type StreamText = (message: InspectionMessage) => readonly string[];

/** @param server names the server in each line */
export function createStreamText(server: string, paint: Paint): StreamText {
  const paths = new Map<string, string>();
  const isIntroduction = createIntroductions();
  const row = (atMs: number, actor: string, what: string) =>
    `${paint('faint', clockText(atMs))} ${server} ${paint('strong', printable(actor))} ${printable(what)}`;

  return (message) => {
    const wasThere = isIntroduction(message);
    switch (message.type) {
      case 'maitred.hello':
        return message.phases
          .filter(({ atMs }) => atMs <= message.recording.sinceMs)
          .map(({ state, atMs }) => row(atMs, 'lifecycle', `→ ${state}`));
      case '@xstate.actor': {
        const { name, sessionId, parentId = '', createdAt, snapshot, id } = message;
        const parent = paths.get(parentId);
        const path = parent === undefined ? shortName(name) : `${parent}/${shortName(name)}`;
        paths.set(sessionId, path);
        return id === null
          ? []
          : [row(Number(createdAt), path, `${wasThere ? 'already there' : 'created'} → ${stateText(snapshot)}`)];
      }
      case '@xstate.snapshot': {
        const { sessionId, createdAt, event, snapshot } = message;
        const what = `${eventText(event.type)} → ${stateText(snapshot)}`.trimStart();
        return [row(Number(createdAt), paths.get(sessionId) ?? sessionId, what)];
      }
      case 'maitred.calls':
        return message.id === null ? [] : [row(Number(message.createdAt), 'calls', callsText(message))];
      default:
        return [];
    }
  };
}

/** `run_cmd runs, kitchen_status waits for audit, and 3 more`. */
function callsText({ calls, inFlight, waiting }: CallsMessage): string {
  const texts = calls.map(({ tool, waitsFor }) => {
    if (waitsFor === null) return `${tool} runs`;
    return `${tool} waits for ${waitsFor.length === 0 ? 'a slot' : waitsFor.join(', ')}`;
  });
  const more = inFlight + waiting - calls.length;
  return texts.length === 0 ? 'none' : `${texts.join(', ')}${more === 0 ? '' : `, and ${more} more`}`;
}

function stateText({ status, value, error }: SeenSnapshot): string {
  const why = error === undefined ? '' : `: ${encodeJson(error)}`;
  if (value === undefined) return `${status}${why}`;
  return `${valueText(value)}${status === 'active' ? '' : ` (${status})`}${why}`;
}

/** `ready`, `running.fast`, `(left.on, right.off)`. */
function valueText(value: Json): string {
  if (typeof value !== 'object' || value === null) return String(value);
  const regions = Object.entries(value).map(([name, within]) => `${name}.${valueText(within)}`);
  return regions.length === 1 ? String(regions[0]) : `(${regions.join(', ')})`;
}
