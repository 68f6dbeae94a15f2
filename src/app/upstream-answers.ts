import { encodeJson } from '../domain/encode-json.ts';
import { isJsonObject, type JsonObject } from '../domain/json-object.ts';
import { differences, type UpstreamHandshake, type UpstreamList } from '../domain/upstream-handshake.ts';
import type { HandshakeAnswers } from '../front/handshake-answers.ts';

/** Answers for a server that runs behind the front, or did before. */
export interface UpstreamAnswers extends HandshakeAnswers {
  /** What is known of the server; null: nothing yet. */
  readonly known: UpstreamHandshake | null;
  /** The server's answer to initialize, while its lists are not known yet. */
  learnInitialize(result: JsonObject): void;
  /** @returns the lists that differ from what was known; empty where nothing was */
  learn(handshake: UpstreamHandshake): readonly UpstreamList[];
}

const listOf: Readonly<Record<string, UpstreamList>> = {
  'tools/list': 'tools',
  'prompts/list': 'prompts',
  'resources/list': 'resources',
  'resources/templates/list': 'resourceTemplates',
};

export interface UpstreamAnswersOptions {
  /** Whether the server answers by itself now. */
  isConnected(): boolean;
  /** Which tools the client sees, and how. */
  shown(tools: readonly JsonObject[]): readonly JsonObject[];
  /** Takes the params of a `logging/setLevel` that was answered for a server that does not run: it need not be started for that. */
  onLogLevel(params: JsonObject): void;
}

export function createUpstreamAnswers({ isConnected, shown, onLogLevel }: UpstreamAnswersOptions): UpstreamAnswers {
  let known: UpstreamHandshake | null = null;
  let initialize: JsonObject | null = null;
  const hasLog = () => isJsonObject(known?.initialize.capabilities) && 'logging' in known.initialize.capabilities;
  return {
    get known() {
      return known;
    },
    learn(handshake) {
      const before = known;
      known = handshake;
      initialize = handshake.initialize;
      return before === null ? [] : differences(before, handshake);
    },
    learnInitialize(result) {
      initialize ??= result;
    },
    initialize(_, instructions) {
      if (initialize === null) return null;
      const { capabilities, ...rest } = initialize;
      const result = {
        ...rest,
        capabilities: withListChanges(capabilities),
        ...(instructions === undefined ? {} : { instructions }),
      };
      return { version: String(rest.protocolVersion), result: encodeJson(result) };
    },
    list(method, params) {
      if (method === 'logging/setLevel' && hasLog() && !isConnected()) {
        onLogLevel(params ?? {});
        return '{}';
      }
      const list = Object.hasOwn(listOf, method) ? listOf[method] : undefined;
      if (list === undefined || isConnected() || params?.cursor !== undefined) return null;
      const items = known?.lists[list];
      if (items === undefined) return null;
      return encodeJson({ [list]: list === 'tools' ? shown(items) : items });
    },
    needsOf: () => [],
  };
}

/** A list can change with each start of the server, whether or not it says so: many clients read a changed list only where this is declared. */
function withListChanges(capabilities: unknown): JsonObject {
  if (!isJsonObject(capabilities)) return {};
  const lists = ['tools', 'prompts', 'resources'].filter((name) => isJsonObject(capabilities[name]));
  return {
    ...capabilities,
    ...Object.fromEntries(lists.map((name) => [name, { ...(capabilities[name] as JsonObject), listChanged: true }])),
  };
}
