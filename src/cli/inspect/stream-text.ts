import { clockText } from '../../domain/clock-text.ts';
import { countText } from '../../domain/count-text.ts';
import { durationText } from '../../domain/duration-text.ts';
import { encodeJson } from '../../domain/encode-json.ts';
import type {
  CallMessage,
  CallOutcome,
  InspectionMessage,
  Json,
  SeenEvent,
  SeenSnapshot,
} from '../../domain/inspection.ts';
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
  /** What was printed last of each pending call. */
  const callTexts = new Map<number, string>();
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
      case 'maitred.call': {
        const { number, id, outcome, createdAt } = message;
        const text = callText(message);
        if (id === null || callTexts.get(number) === text) return [];
        if (outcome === null) callTexts.set(number, text);
        else callTexts.delete(number);
        return [row(Number(createdAt), `call ${number}`, text)];
      }
      case 'maitred.callCount': {
        const { calls, failed, createdAt } = message;
        const failures = failed === 0 ? '' : `, of which ${failed} failed`;
        return [row(Number(createdAt), 'calls', `${countText(calls, 'more call')} answered${failures}`)];
      }
      case 'maitred.sessionEvent': {
        const { session, event, id, atMs } = message;
        const text = id === null ? null : sessionText(event);
        return text === null ? [] : [row(atMs, paths.get(session) ?? session, text)];
      }
      default:
        return [];
    }
  };
}

/** Of what an agent says, asks for or gets, in characters. */
const longestReport = 300;

/** `says "I read the code"`, `calls Bash {"command":"ls"}`, `call failed: "…"`; null: the line would say nothing new. */
function sessionText({ type, name, text, input, isError, result }: SeenEvent): string | null {
  const short = (value: Json | undefined) => encodeJson(value ?? null).slice(0, longestReport);
  switch (type) {
    case 'text':
      return `says ${short(text)}`;
    case 'toolCall':
      return `calls ${String(name)} ${short(input)}`;
    case 'toolResult':
      return isError === true ? `call failed: ${short(text)}` : null;
    case 'result':
      return `reports ${short(result)}`;
    default:
      return null;
  }
}

const endings: Readonly<Record<CallOutcome, string>> = {
  result: 'answered',
  toolError: 'failed',
  error: 'failed',
  cancelled: 'cancelled',
};

/** Of the text of an error, in characters. */
const longestError = 300;

/** `run_cmd waits for audit`, `run_cmd runs`, `run_cmd answered after 1.2 s`, `run_cmd failed after 3 ms: …`. */
function callText({
  tool,
  method,
  arrivedAtMs,
  ranAtMs,
  answeredAtMs,
  outcome,
  waitsFor,
  answer,
}: CallMessage): string {
  const name = tool ?? method;
  if (outcome !== null) {
    const after = `${name} ${endings[outcome]} after ${durationText((answeredAtMs ?? arrivedAtMs) - arrivedAtMs)}`;
    return endings[outcome] === 'failed' && answer !== null ? `${after}: ${answer.text.slice(0, longestError)}` : after;
  }
  if (waitsFor !== null) return `${name} waits for ${waitsFor.length === 0 ? 'a slot' : waitsFor.join(', ')}`;
  return `${name} ${ranAtMs === null ? 'arrived' : 'runs'}`;
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
