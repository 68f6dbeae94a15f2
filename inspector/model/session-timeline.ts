import { noTokens, type TokenUsage } from '../../src/domain/agent-session/agent-event.ts';
import { sumTokens } from '../../src/domain/agent-session/sum-tokens.ts';
import type { Json, SeenEvent, SessionEventMessage } from '../../src/domain/inspection.ts';
import { describeNote, type NoteText } from './describe-note.ts';
import type { RecordedMessage } from './recording.ts';
import { membersOf, type SeenPart, textIn, usageIn, wordIn } from './session-values.ts';

/** What a session has done up to a moment. */
export interface Timeline {
  /** In order of time. */
  readonly entries: readonly TimelineEntry[];
  readonly turns: number;
  readonly calls: number;
  readonly failedCalls: number;
  /** Where a process has reported a result, its tokens are those of that result. */
  readonly tokens: TokenUsage;
  /** null: the agent has not named it. */
  readonly model: string | null;
  /** The time of its first event; null: none is known. */
  readonly fromMs: number | null;
}

export type TimelineEntry = Turn | Note;

/** One answer of the model, with the results of its calls. An agent that reports no tokens has one from result to result. */
export interface Turn {
  readonly kind: 'turn';
  readonly key: string;
  /** From 1, among the turns that are known. */
  readonly number: number;
  readonly fromMs: number;
  /** The time of its newest event. */
  readonly toMs: number;
  readonly parts: readonly TurnPart[];
  /** null: the agent has not reported them. */
  readonly tokens: TokenUsage | null;
}

export type TurnPart = TurnText | TurnCall;

export interface TurnText {
  readonly kind: 'text';
  readonly key: string;
  readonly text: SeenPart;
}

export interface TurnCall {
  readonly kind: 'call';
  readonly key: string;
  readonly name: string;
  readonly status: ToolCallStatus;
  readonly atMs: number;
  /** null: the call is not known, only its result. */
  readonly input: Json | null;
  /** null: it has none. */
  readonly result: { readonly atMs: number; readonly text: SeenPart } | null;
}

/** `unanswered`: its process ended before it returned. */
export type ToolCallStatus = 'running' | 'ok' | 'failed' | 'unanswered';

/** What happened beside the turns: a process began, a rate limit, the result, or events that are not known. */
export interface Note extends NoteText {
  readonly kind: 'note';
  readonly key: string;
  /** null: not known. */
  readonly atMs: number | null;
}

type Open<Thing> = { -readonly [Key in keyof Thing]: Thing[Key] };

interface OpenTurn extends Open<Omit<Turn, 'parts'>> {
  readonly parts: (TurnText | Open<TurnCall>)[];
  /** Of the message that it is; null: no tokens have been reported for it. */
  messageId: string | null;
}

export function createTimeline(events: readonly RecordedMessage<SessionEventMessage>[]): Timeline {
  const entries: (OpenTurn | Note)[] = [];
  const turnsById = new Map<string, OpenTurn>();
  let openCalls = new Map<string, Open<TurnCall>>();
  /** The newest turn of the process that runs; null: it has none. */
  let newest: OpenTurn | null = null;
  /** Of each process: what its result reports, and its turns. */
  const processes: { reported: TokenUsage | null; readonly turns: OpenTurn[] }[] = [{ reported: null, turns: [] }];
  let model: string | null = null;
  let expected = 0;
  let hasBegun = false;

  const openTurn = (key: string, atMs: number): OpenTurn => {
    const turn: OpenTurn = {
      kind: 'turn',
      key,
      number: 0,
      fromMs: atMs,
      toMs: atMs,
      parts: [],
      tokens: null,
      messageId: null,
    };
    entries.push(turn);
    processes.at(-1)?.turns.push(turn);
    newest = turn;
    return turn;
  };
  /** The turn of a text or call that comes now: its tokens come after it. */
  const turnFor = (key: string, atMs: number): OpenTurn => {
    const isOpen = newest !== null && newest.messageId === null && !newest.parts.some(hasResult);
    const turn = isOpen && newest !== null ? newest : openTurn(key, atMs);
    turn.toMs = atMs;
    return turn;
  };
  const drop = (turn: OpenTurn) => {
    entries.splice(entries.indexOf(turn), 1);
    const { turns = [] } = processes.at(-1) ?? {};
    turns.splice(turns.indexOf(turn), 1);
  };
  /** Further parts of a message that has tokens already belong to its turn. */
  const nameTurn = (messageId: string, key: string, atMs: number): OpenTurn => {
    const known = turnsById.get(messageId);
    const unnamed = newest?.messageId === null ? newest : null;
    if (known === undefined) {
      const turn = unnamed ?? openTurn(key, atMs);
      turn.messageId = messageId;
      turnsById.set(messageId, turn);
      return turn;
    }
    if (unnamed !== null) {
      known.parts.push(...unnamed.parts);
      known.toMs = unnamed.toMs;
      drop(unnamed);
      newest = known;
    }
    return known;
  };
  const endProcess = () => {
    for (const call of openCalls.values()) call.status = 'unanswered';
    openCalls = new Map();
    newest = null;
  };
  const addNote = (key: string, atMs: number | null, event: SeenEvent) => {
    const note = describeNote(event, { processNumber: processes.length, lastText: lastText(entries) });
    if (note !== null) entries.push({ kind: 'note', key, atMs, ...note });
  };

  const take = (key: string, atMs: number, event: SeenEvent) => {
    switch (event.type) {
      case 'text':
        turnFor(key, atMs).parts.push({ kind: 'text', key, text: textIn(event.text) });
        return;
      case 'toolCall': {
        const call: Open<TurnCall> = {
          kind: 'call',
          key,
          name: wordIn(event.name),
          status: 'running',
          atMs,
          input: event.input ?? null,
          result: null,
        };
        turnFor(key, atMs).parts.push(call);
        openCalls.set(wordIn(event.id), call);
        return;
      }
      case 'toolResult': {
        const id = wordIn(event.callId);
        const status = event.isError === true ? 'failed' : 'ok';
        const result = { atMs, text: textIn(event.text) };
        const call = openCalls.get(id);
        if (call === undefined)
          turnFor(key, atMs).parts.push({ kind: 'call', key, name: 'unknown', status, atMs, input: null, result });
        else Object.assign(call, { status, result });
        openCalls.delete(id);
        const turn = processes.at(-1)?.turns.findLast(({ parts }) => call !== undefined && parts.includes(call));
        if (turn !== undefined) turn.toMs = atMs;
        return;
      }
      case 'usage':
        nameTurn(wordIn(event.messageId), key, atMs).tokens = usageIn(event.usage);
        return;
      case 'init':
        if (hasBegun) {
          endProcess();
          processes.push({ reported: null, turns: [] });
        }
        model = typeof event.model === 'string' ? event.model : model;
        break;
      case 'result': {
        endProcess();
        const ended = processes.at(-1);
        if (ended !== undefined) ended.reported = usageIn(membersOf(event.result).usage) ?? ended.reported;
        break;
      }
    }
    addNote(key, atMs, event);
  };

  for (const { message } of events) {
    const { number, atMs, event } = message;
    if (number > expected)
      addNote(`before ${number}`, null, { type: 'missing', events: number - expected, isBeginning: expected === 0 });
    hasBegun ||= number > 0;
    expected = number + 1;
    take(String(number), atMs, event);
    hasBegun = true;
  }

  const turns = entries.filter(({ kind }) => kind === 'turn') as OpenTurn[];
  for (const [at, turn] of turns.entries()) turn.number = at + 1;
  const calls = turns.flatMap(({ parts }) => parts).filter(({ kind }) => kind === 'call') as TurnCall[];
  return {
    entries,
    turns: turns.length,
    calls: calls.length,
    failedCalls: calls.filter(({ status }) => status === 'failed').length,
    tokens: sumTokens(
      processes.map(({ reported, turns: own }) => reported ?? sumTokens(own.map(({ tokens }) => tokens ?? noTokens))),
    ),
    model,
    fromMs: events[0]?.message.atMs ?? null,
  };
}

const hasResult = (part: TurnPart): boolean => part.kind === 'call' && part.result !== null;

function lastText(entries: readonly TimelineEntry[]): string | null {
  const last = entries.findLast(({ kind }) => kind === 'turn') as Turn | undefined;
  const part = last?.parts.findLast(({ kind }) => kind === 'text') as TurnText | undefined;
  return part?.text.text ?? null;
}
