import {
  type AgentEvent,
  type AgentMcpServer,
  type AgentResult,
  noTokens,
  type RateLimit,
  type TokenUsage,
} from './agent-event.ts';

/** What is known of a session from its stream. It takes a bounded amount of memory, however long the stream is. */
export interface StreamDigest {
  /** Of the first record that names one; null: none did. */
  readonly sessionId: string | null;
  /** Other ids that later records named, the first few. */
  readonly otherSessionIds: readonly string[];
  readonly model: string | null;
  readonly version: string | null;
  /** null: the agent has not listed them. */
  readonly tools: readonly string[] | null;
  readonly mcpServers: readonly AgentMcpServer[];
  /** The texts of the agent, in order, the last 262,144 characters; a part of a text may be the first. Of many, the older ones are joined with line feeds. */
  readonly texts: readonly string[];
  readonly toolCalls: number;
  /** The tool that was called last and has not returned; null: none. */
  readonly toolInUse: string | null;
  /** Calls that write a file, without those that failed. */
  readonly writes: number;
  /** The files that they wrote, in order of the last write, the last 1,000. */
  readonly writtenPaths: readonly string[];
  /** Commands of shells, for the paths in them: the last 200, each at most 4,096 characters. */
  readonly commands: readonly string[];
  /** Answers of the model. */
  readonly turns: number;
  /** Of the whole session. Where a process has reported a result, its usage replaces that of the answers of this process. */
  readonly usage: TokenUsage;
  /** Of the first 50 models. */
  readonly usageByModel: Readonly<Record<string, TokenUsage>>;
  /** The last result; null: none. */
  readonly result: AgentResult | null;
  /** The last result before the process that runs; null: none. */
  readonly previousResult: AgentResult | null;
  readonly results: number;
  readonly isContextExhausted: boolean;
  /** The last one of the process that runs; null: none. */
  readonly rateLimit: RateLimit | null;
  /** The last HTTP status that made the agent try again; null: none since the last answer. */
  readonly apiStatus: number | null;
  readonly records: number;
  readonly unreadableLines: number;
  /** For the next events. */
  readonly open: OpenParts;
}

/** What later events may still change. */
interface OpenParts {
  /** Calls that have not returned, the last 32. */
  readonly calls: readonly { readonly id: string; readonly name: string; readonly write: OpenWrite | null }[];
  /** The last 32 answers. */
  readonly answers: readonly { readonly messageId: string; readonly model: string; readonly usage: TokenUsage }[];
  /** Of the processes before the one that runs. */
  readonly usageBefore: TokenUsage;
  readonly usageByModelBefore: Readonly<Record<string, TokenUsage>>;
}

interface OpenWrite {
  readonly filePath: string;
  /** Whether no call before it wrote this file. */
  readonly isFirst: boolean;
}

const mostOtherIds = 8;
const mostTexts = 256;
const mostTextCharacters = 262_144;
const mostWrittenPaths = 1_000;
const mostCommands = 200;
const mostModels = 50;
const mostOpen = 32;
/** Of a path, a command, an id and other names. */
const mostNameCharacters = 4_096;

export const emptyDigest: StreamDigest = {
  sessionId: null,
  otherSessionIds: [],
  model: null,
  version: null,
  tools: null,
  mcpServers: [],
  texts: [],
  toolCalls: 0,
  toolInUse: null,
  writes: 0,
  writtenPaths: [],
  commands: [],
  turns: 0,
  usage: noTokens,
  usageByModel: {},
  result: null,
  previousResult: null,
  results: 0,
  isContextExhausted: false,
  rateLimit: null,
  apiStatus: null,
  records: 0,
  unreadableLines: 0,
  open: { calls: [], answers: [], usageBefore: noTokens, usageByModelBefore: {} },
};

/** The digest with one more event. The events of all processes of a session are folded into one digest; each process begins with `init`. */
export function foldAgentEvent(digest: StreamDigest, event: AgentEvent): StreamDigest {
  if (event.type === 'unreadable') return { ...digest, unreadableLines: digest.unreadableLines + 1 };
  return { ...digest, records: digest.records + 1, ...changeOf(digest, event) };
}

/** The tokens of a session as its answer on the wire has them; null: the agent has not said. */
export const usageOf = ({
  turns,
  result,
  usage,
  usageByModel,
}: StreamDigest): (TokenUsage & { readonly model_breakdown: Readonly<Record<string, TokenUsage>> }) | null =>
  turns === 0 && !result?.usage && Object.keys(usageByModel).length === 0
    ? null
    : { ...usage, model_breakdown: usageByModel };

/** The texts as one. */
export const joinedTexts = ({ texts }: StreamDigest): string => texts.join('\n');

function changeOf(digest: StreamDigest, event: Exclude<AgentEvent, { type: 'unreadable' }>): Partial<StreamDigest> {
  const { open } = digest;
  switch (event.type) {
    case 'init':
      return {
        ...withSessionId(digest, event.sessionId),
        model: event.model ?? digest.model,
        version: event.version ?? digest.version,
        tools: event.tools ?? digest.tools,
        mcpServers: event.mcpServers,
        toolInUse: null,
        previousResult: digest.result,
        rateLimit: null,
        apiStatus: null,
        open: { calls: [], answers: [], usageBefore: digest.usage, usageByModelBefore: digest.usageByModel },
      };
    case 'sessionId':
      return withSessionId(digest, event.sessionId);
    case 'text':
      return { texts: withText(digest.texts, event.text) };
    case 'toolCall':
      return withCall(digest, event);
    case 'toolResult':
      return withReturn(digest, event.callId, event.isError);
    case 'usage':
      return withAnswer(digest, event.messageId, event.model, event.usage);
    case 'rateLimit':
      return { rateLimit: event.limit };
    case 'apiRetry':
      return event.status === null ? {} : { apiStatus: event.status };
    case 'contextExhausted':
      return { isContextExhausted: true };
    case 'result': {
      const { result } = event;
      const byModel = Object.entries(result.usageByModel);
      return {
        result,
        results: digest.results + 1,
        toolInUse: null,
        ...(result.usage === null ? {} : { usage: sum(open.usageBefore, result.usage) }),
        ...(byModel.length === 0
          ? {}
          : { usageByModel: byModel.reduce((map, [model, usage]) => add(map, model, usage), open.usageByModelBefore) }),
        open: { ...open, calls: [], answers: [] },
      };
    }
    case 'other':
      return {};
  }
}

function withSessionId({ sessionId, otherSessionIds }: StreamDigest, named: string): Partial<StreamDigest> {
  const id = start(named);
  if (sessionId === null) return id === '' ? {} : { sessionId: id };
  const isKnown = id === '' || id === sessionId || otherSessionIds.includes(id);
  return isKnown || otherSessionIds.length === mostOtherIds ? {} : { otherSessionIds: [...otherSessionIds, id] };
}

function withText(texts: readonly string[], text: string): readonly string[] {
  if (text === '') return texts;
  const newest = text.length > mostTextCharacters ? unshared(text.slice(-mostTextCharacters)) : text;
  const all = [...(texts.length < mostTexts ? texts : withOlderJoined(texts)), newest];
  let excess = all.reduce((characters, { length }) => characters + length, -mostTextCharacters);
  if (excess <= 0) return all;
  const from = all.findIndex(({ length }) => {
    excess -= length;
    return excess < 0;
  });
  const [first = '', ...others] = all.slice(from);
  return [first.slice(first.length + excess), ...others];
}

/** Joins the older half in pairs, so that many small texts take few places, and the newest stay apart. */
function withOlderJoined(texts: readonly string[]): readonly string[] {
  const older = texts.slice(0, mostTexts / 2);
  const joined = older.flatMap((text, index) => (index % 2 === 0 ? [`${text}\n${older[index + 1] ?? ''}`] : []));
  return [...joined, ...texts.slice(mostTexts / 2)];
}

function withCall(digest: StreamDigest, call: Extract<AgentEvent, { type: 'toolCall' }>): Partial<StreamDigest> {
  const { open, writtenPaths } = digest;
  const name = start(call.name);
  const filePath = call.filePath === null ? null : start(call.filePath);
  const write = filePath === null ? null : { filePath, isFirst: !writtenPaths.includes(filePath) };
  const command = call.input.command ?? call.input.cmd;
  return {
    toolCalls: digest.toolCalls + 1,
    toolInUse: name,
    ...(write === null
      ? {}
      : {
          writes: digest.writes + 1,
          writtenPaths: last([...without(writtenPaths, write.filePath), write.filePath], mostWrittenPaths),
        }),
    ...(typeof command === 'string' ? { commands: last([...digest.commands, start(command)], mostCommands) } : {}),
    open: { ...open, calls: last([...open.calls, { id: start(call.id), name, write }], mostOpen) },
  };
}

function withReturn(digest: StreamDigest, callId: string, isError: boolean): Partial<StreamDigest> {
  const { open, writtenPaths } = digest;
  const call = open.calls.find(({ id }) => id === start(callId));
  if (!call) return {};
  const calls = without(open.calls, call);
  const change = { toolInUse: calls.at(-1)?.name ?? null, open: { ...open, calls } };
  if (!isError || call.write === null) return change;
  const { isFirst, filePath } = call.write;
  return {
    ...change,
    writes: digest.writes - 1,
    writtenPaths: isFirst ? without(writtenPaths, filePath) : writtenPaths,
  };
}

function withAnswer(digest: StreamDigest, id: string, name: string, usage: TokenUsage): Partial<StreamDigest> {
  const { open, turns } = digest;
  const messageId = start(id);
  const model = start(name);
  const replaced = open.answers.find((answer) => answer.messageId === messageId);
  const answers = replaced ? without(open.answers, replaced) : open.answers;
  return {
    turns: replaced ? turns : turns + 1,
    usage: sum(replaced ? sum(digest.usage, replaced.usage, -1) : digest.usage, usage),
    usageByModel: add(
      replaced ? add(digest.usageByModel, replaced.model, replaced.usage, -1) : digest.usageByModel,
      model,
      usage,
    ),
    // An agent may make an answer itself of an error of the API: it has no tokens.
    ...(usage.output_tokens > 0 ? { apiStatus: null } : {}),
    open: { ...open, answers: last([...answers, { messageId, model, usage }], mostOpen) },
  };
}

const sum = (left: TokenUsage, right: TokenUsage, sign: 1 | -1 = 1): TokenUsage => ({
  input_tokens: left.input_tokens + sign * right.input_tokens,
  output_tokens: left.output_tokens + sign * right.output_tokens,
  cache_creation_input_tokens: left.cache_creation_input_tokens + sign * right.cache_creation_input_tokens,
  cache_read_input_tokens: left.cache_read_input_tokens + sign * right.cache_read_input_tokens,
});

function add(
  byModel: Readonly<Record<string, TokenUsage>>,
  model: string,
  usage: TokenUsage,
  sign: 1 | -1 = 1,
): Readonly<Record<string, TokenUsage>> {
  const known = Object.hasOwn(byModel, model) ? byModel[model] : undefined;
  if (known === undefined && (sign === -1 || Object.keys(byModel).length === mostModels)) return byModel;
  return { ...byModel, [model]: sum(known ?? noTokens, usage, sign) };
}

const without = <Value>(values: readonly Value[], value: Value): readonly Value[] =>
  values.filter((one) => one !== value);

const last = <Value>(values: readonly Value[], most: number): readonly Value[] =>
  values.length > most ? values.slice(-most) : values;

const start = (text: string): string =>
  text.length > mostNameCharacters ? unshared(text.slice(0, mostNameCharacters)) : text;

/** A copy. V8 makes the slice of a text a view that keeps the whole text in memory. */
const unshared = (slice: string): string => ` ${slice}`.slice(1);
