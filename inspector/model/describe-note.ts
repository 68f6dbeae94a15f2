import { bytesText } from '../../src/domain/bytes-text.ts';
import { clockText } from '../../src/domain/clock-text.ts';
import { countText } from '../../src/domain/count-text.ts';
import { durationText } from '../../src/domain/duration-text.ts';
import type { JsonMembers, SeenEvent } from '../../src/domain/inspection.ts';
import { itemsIn, membersOf, numberIn, type SeenPart, textIn, wordIn } from './session-values.ts';

export interface NoteText {
  readonly text: string;
  readonly isError: boolean;
  /** A longer text; null: there is none. */
  readonly detail: SeenPart | null;
}

interface NoteScope {
  /** The number of the process that runs, from 1. */
  readonly processNumber: number;
  /** What the session has said last. */
  readonly lastText: string | null;
}

/** An event beside the turns, as a sentence; null: it tells a person nothing. */
export function describeNote(event: SeenEvent, { processNumber, lastText }: NoteScope): NoteText | null {
  switch (event.type) {
    case 'init':
      return note(
        `${processNumber === 1 ? 'The agent started' : `The agent started again (process ${processNumber})`}${partsOf(event)}.`,
      );
    case 'result':
      return describeResult(membersOf(event.result), lastText);
    case 'rateLimit':
      return describeLimit(membersOf(event.limit));
    case 'apiRetry': {
      const [status, attempt] = [numberIn(event.status), numberIn(event.attempt)];
      const after = durationText(numberIn(event.delayMs) ?? 0);
      const why = status === null ? '' : ` (HTTP ${status})`;
      return note(`The API refused a request${why}. The agent tries again in ${after}, attempt ${attempt ?? '?'}.`);
    }
    case 'contextExhausted':
      return problem('The context of the model is full.');
    case 'unreadable':
      return note(`The agent printed ${bytesText(numberIn(event.sizeBytes) ?? 0)} that could not be read.`);
    case 'missing': {
      const count = numberIn(event.events) ?? 0;
      const are = count === 1 ? 'is' : 'are';
      return note(`${countText(count, event.isBeginning === true ? 'earlier event' : 'event')} ${are} not known.`);
    }
    default:
      return null;
  }
}

const note = (text: string): NoteText => ({ text, isError: false, detail: null });
const problem = (text: string): NoteText => ({ ...note(text), isError: true });

/** Its model, its tools, and the MCP servers that it does not have. */
function partsOf({ model, version, tools, mcpServers }: SeenEvent): string {
  const listed = itemsIn(tools);
  const missing = (itemsIn(mcpServers)?.items ?? [])
    .map(membersOf)
    .filter(({ status }) => status !== 'connected')
    .map(({ name, status }) => `MCP server ${wordIn(name)}: ${wordIn(status)}`);
  const parts = [
    [wordIn(model), wordIn(version)].filter((part) => part !== '').join(' '),
    listed === null ? '' : countText(listed.length, 'tool'),
    ...missing,
  ].filter((part) => part !== '');
  return parts.length === 0 ? '' : `: ${parts.join(', ')}`;
}

function describeResult(
  { subtype, isError, text, errors, turns, costUsd }: JsonMembers,
  lastText: string | null,
): NoteText {
  const [count, cost] = [numberIn(turns), numberIn(costUsd)];
  const facts = [
    ...(count === null ? [] : [`after ${countText(count, 'turn')}`]),
    ...(cost === null ? [] : [`for ${cost.toFixed(2)} USD`]),
  ];
  const messages = (itemsIn(errors)?.items ?? []).map(wordIn).join('\n');
  const detail = messages === '' ? textIn(text) : textIn(messages);
  return {
    text: [`The agent reported ${wordIn(subtype)}`, ...facts].join(' ').concat('.'),
    isError: isError === true,
    detail: detail.text === '' || detail.text === lastText ? null : detail,
  };
}

/** Agents report each time that a request is allowed. */
function describeLimit({ status, window, resetsAtMs, utilization }: JsonMembers): NoteText | null {
  if (status === 'allowed') return null;
  const [resets, used] = [numberIn(resetsAtMs), numberIn(utilization)];
  const name = wordIn(window) === '' ? 'A rate limit' : `The rate limit ${wordIn(window)}`;
  const isReached = status === 'rejected';
  const facts = [
    used === null ? '' : `${Math.round(used)} % used`,
    resets === null ? '' : `until ${clockText(resets)}`,
  ].filter((fact) => fact !== '');
  const end = facts.length === 0 ? '.' : ` (${facts.join(', ')}).`;
  return isReached ? problem(`${name} is reached: requests fail${end}`) : note(`${name} is near${end}`);
}
