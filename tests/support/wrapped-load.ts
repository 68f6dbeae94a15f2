import { readFileSync } from 'node:fs';
import type { JsonObject } from '../../src/domain/json-object.ts';
import type { ProgressToken, RequestId } from '../../src/domain/json-rpc.ts';
import { below, type Random } from './seeded-random.ts';
import { aNotification, aToolCall, isAnswerTo, type Message, outputOf, type SpawnedServer } from './spawned-server.ts';

interface LoadedCall {
  readonly id: string;
  readonly tool: string;
  readonly isCancelled: boolean;
}

/** Many calls of the tools of tests/fixtures/servers through a front. */
export interface Load {
  /** Sends calls at once. Settles with the answers to those that are not cancelled; rejects when the front ends before. */
  send(): Promise<readonly Message[]>;
  /** What the client has received that it should not have, as sentences. */
  faults(expected: {
    /** Whether the front was killed: then calls may have no answer, and the last line may be incomplete. */
    readonly isFrontKilled: boolean;
    /** Whether this call may fail with `unavailable`. */
    mayFail(tool: string): boolean;
  }): string[];
}

const callsAtOnce = 12;

/** What no kill in the life of a server may lose if it may be called again. */
export const readOnlyTool = 'slow-read-only';

type CallKind = (random: Random) => readonly [tool: string, args: JsonObject];

const echo: CallKind = () => ['echo', { text: 'a text' }];

/** Those that answer late are in flight when something is killed. */
const kinds: readonly CallKind[] = [
  echo,
  (random) => ['slow', { ms: below(random, 250) }],
  (random) => [readOnlyTool, { ms: below(random, 250) }],
  (random) => ['progress', { steps: 1 + below(random, 4), ms: below(random, 60) }],
  (random) => ['big', { bytes: below(random, 200_000) }],
  () => ['ask', { method: 'roots/list' }],
];

export function createLoad(
  front: SpawnedServer,
  random: Random,
  { name, isDeaf }: { /** Unique among the loads of a server. */ readonly name: string; readonly isDeaf: boolean },
): Load {
  const calls: LoadedCall[] = [];

  const call = (tool: string, args: JsonObject, isCancelled = false): LoadedCall => {
    const id = `${name}-${calls.length}`;
    front.send(aToolCall(id, tool, { ...args, call: id }, id));
    if (isCancelled) front.send(aNotification('notifications/cancelled', { requestId: id }));
    const made = { id, tool, isCancelled };
    calls.push(made);
    return made;
  };
  const draw = () => {
    if (random() < 0.15) return call('slow', { ms: 60_000 }, true);
    const kind = kinds[below(random, kinds.length)] ?? echo;
    return call(...kind(random));
  };

  return {
    send() {
      const sent = Array.from({ length: callsAtOnce }, draw);
      if (isDeaf) sent.push(call('spawn-child', {}), call('fork-daemon', {}));
      return Promise.all(sent.filter(({ isCancelled }) => !isCancelled).map(({ id }) => front.answerTo(id)));
    },
    faults({ isFrontKilled, mayFail }) {
      const { messages, strayLines } = front;
      const known = new Set<RequestId | undefined>(['initialize', ...calls.map(({ id }) => id)]);
      const answers = messages.filter(({ method }) => method === undefined);
      const strangers = answers.filter(({ id }) => !known.has(id)).map((answer) => `unasked: ${shown(answer)}`);
      const stray = strayLines.slice(0, isFrontKilled ? -1 : undefined).map((line) => `stray: ${line.slice(0, 200)}`);
      const ofCalls = calls.flatMap((call) => {
        const mine = answers.filter(({ id }) => id === call.id);
        const least = isFrontKilled || call.isCancelled ? 0 : 1;
        const failed = mine.filter((answer) => !isResult(answer) && !(mayFail(call.tool) && isUnavailable(answer)));
        return [
          ...(mine.length < least || mine.length > 1 ? [`${call.tool} ${call.id} has ${mine.length} answers`] : []),
          ...failed.map((answer) => `${call.tool} ${call.id} failed: ${shown(answer)}`),
          ...(call.tool === readOnlyTool ? [] : faultsOfProgress(messages, call)),
        ];
      });
      return [...strangers, ...stray, ...ofCalls];
    },
  };
}

/** A client may rely on this: progress grows, and none comes after the answer. */
function faultsOfProgress(messages: readonly Message[], { id, tool }: LoadedCall): string[] {
  const answeredAt = messages.findIndex((message) => isAnswerTo(message, id));
  const reports = messages.flatMap(({ method, params }, at) =>
    method === 'notifications/progress' && (params?.progressToken as ProgressToken) === id
      ? [{ at, progress: Number(params?.progress) }]
      : [],
  );
  return reports.flatMap(({ at, progress }, index) => [
    ...(answeredAt >= 0 && at > answeredAt ? [`${tool} ${id} has progress after its answer`] : []),
    ...(progress > (reports[index - 1]?.progress ?? -1) ? [] : [`${tool} ${id} has progress that does not grow`]),
  ]);
}

export const isResult = ({ result }: Message): boolean => result !== undefined && result.isError !== true;

const isUnavailable = (answer: Message) => answer.result?.isError === true && outputOf(answer).code === 'unavailable';

const shown = (message: Message) => JSON.stringify(message).slice(0, 400);

/**
 * The calls that reached servers more often than they may, from the record of the servers.
 * @param mostOf how often a call of a tool may reach a server; `load` is the name of its load
 */
export function callsRunTooOften(recordFile: string, mostOf: (tool: string, load: string) => number): string[] {
  const received = new Map<string, number>();
  for (const line of readFileSync(recordFile, 'utf8').trimEnd().split('\n')) {
    const { method, params } = JSON.parse(line) as Message;
    if (method !== 'tools/call') continue;
    const { name, arguments: args } = params as {
      readonly name: string;
      readonly arguments: { readonly call: string };
    };
    const call = `${name} ${args.call}`;
    received.set(call, (received.get(call) ?? 0) + 1);
  }
  return [...received].flatMap(([call, times]) => {
    const [tool = '', id = ''] = call.split(' ');
    return times > mostOf(tool, id.split('-', 1)[0] ?? '') ? [`${call} reached a server ${times} times`] : [];
  });
}
