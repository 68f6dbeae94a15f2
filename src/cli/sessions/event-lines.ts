import type { TokenUsage } from '../../domain/agent-session/agent-event.ts';
import type { SessionEvent } from '../../domain/agent-session/session-record.ts';
import { bytesText } from '../../domain/bytes-text.ts';
import { secondText } from '../../domain/clock-text.ts';
import { costText } from '../../domain/cost-text.ts';
import { countText } from '../../domain/count-text.ts';
import { durationText } from '../../domain/duration-text.ts';
import { encodeJson } from '../../domain/encode-json.ts';
import { printable } from '../../domain/printable-text.ts';
import type { Paint } from '../report.ts';
import { tokensText } from './session-figures.ts';

const mostCharacters = 200;

/**
 * Shows the events of one session to people, in order.
 * @param usages the tokens of each answer when it was complete, by its id; an answer that is missing there is shown with the tokens it reported first
 * @returns a function from an event to its lines, without newlines
 */
export function createEventLines(
  paint: Paint,
  usages: ReadonlyMap<string, TokenUsage> = new Map(),
): (event: SessionEvent) => readonly string[] {
  const answers = new Set<string>();
  return (event) => {
    const time = paint('faint', secondText(Date.parse(event.at)));
    const [first, ...others] = textOf(withFinalUsage(event, usages), answers, paint);
    if (first === undefined) return [];
    return [`  ${time}  ${first}`, ...others.map((line) => `            ${line}`)];
  };
}

const withFinalUsage = (event: SessionEvent, usages: ReadonlyMap<string, TokenUsage>): SessionEvent =>
  event.type === 'usage' ? { ...event, usage: usages.get(event.messageId) ?? event.usage } : event;

/** @param answers the ids of those that have a turn; the next one is added */
function textOf(event: SessionEvent, answers: Set<string>, paint: Paint): readonly string[] {
  switch (event.type) {
    case 'init': {
      const tools = event.tools === null ? '' : `, ${countText(event.tools.length, 'tool')}`;
      return [printable(`began as ${event.sessionId}${event.model === null ? '' : ` with ${event.model}`}${tools}`)];
    }
    case 'sessionId':
      return [printable(`reported the session id ${event.sessionId}`)];
    case 'text':
      return event.text.trim().split('\n').map(printable);
    case 'toolCall':
      return [`${paint('strong', printable(event.name))} ${oneLine(encodeJson(event.input))}`];
    case 'toolResult':
      return [event.isError ? paint('bad', `error: ${oneLine(event.text)}`) : `result: ${oneLine(event.text)}`];
    case 'usage':
      if (answers.has(event.messageId)) return [];
      answers.add(event.messageId);
      return [paint('strong', `turn ${answers.size}`) + printable(`: ${tokensText(event.usage)} (${event.model})`)];
    case 'rateLimit': {
      const { status, window, resetsAtMs } = event.limit;
      const until = resetsAtMs === null ? '' : ` until ${secondText(resetsAtMs)}`;
      return [paint('warning', printable(`rate limit ${window}: ${status}${until}`))];
    }
    case 'apiRetry': {
      const status = event.status === null ? '' : ` (${event.status})`;
      return [
        paint('warning', `a request failed${status}; attempt ${event.attempt} in ${durationText(event.delayMs)}`),
      ];
    }
    case 'contextExhausted':
      return [paint('warning', 'the context of the model is full')];
    case 'result': {
      const { subtype, isError, turns, costUsd, errors } = event.result;
      const facts = [subtype, ...(turns === null ? [] : [countText(turns, 'turn')]), costText(costUsd)].join(', ');
      return [paint(isError ? 'bad' : 'good', printable(`reported its result: ${facts}`)), ...errors.map(oneLine)];
    }
    case 'unreadable':
      return [paint('warning', `a line of ${bytesText(event.sizeBytes)} that is not a record`)];
    case 'other':
      return [paint('faint', printable(`a record of the kind ${event.kind}`))];
    case 'state':
      return [paint('faint', printable(`${event.state}${event.reason === null ? '' : ` (${event.reason})`}`))];
    case 'leftOut':
      return [paint('warning', `${countText(event.events, 'event')} left out: the file had reached its size limit`)];
  }
}

function oneLine(text: string): string {
  const line = text.trim().replaceAll(/\s+/g, ' ');
  return printable(line.length <= mostCharacters ? line : `${line.slice(0, mostCharacters - 1)}…`);
}
