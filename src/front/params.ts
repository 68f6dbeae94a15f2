import { isJsonObject, type JsonObject } from '../domain/json-object.ts';
import { isRequestId, type ProgressToken } from '../domain/json-rpc.ts';

/**
 * Explains what is wrong with the params of a request that the server knows, or null. The SDK answers these with -32603 and
 * a dump of its schema; a client's author is better served by one sentence.
 */
export function explainBadParams(method: string, params: JsonObject = {}): string | null {
  const { _meta: meta } = params;
  const check = Object.hasOwn(checks, method) ? checks[method] : undefined;
  return (
    optional('_meta', meta, object) ??
    optional('_meta.progressToken', (meta as JsonObject | undefined)?.progressToken, token) ??
    check?.(params) ??
    null
  );
}

/** Says that a member is not what it must be; null: it is. */
type Check = (name: string, value: unknown) => string | null;

const mustBe =
  (what: string, isRight: (value: unknown) => boolean): Check =>
  (name, value) =>
    isRight(value) ? null : `"${name}" must be ${what}`;

const logLevels = ['debug', 'info', 'notice', 'warning', 'error', 'critical', 'alert', 'emergency'];

const text = mustBe('a string', (value) => typeof value === 'string');
const object = mustBe('an object', isJsonObject);
const token = mustBe('a string or a whole number', isRequestId);
const logLevel = mustBe(`one of ${logLevels.join(', ')}`, (value) => logLevels.includes(value as string));
const optional = (name: string, value: unknown, check: Check) => (value === undefined ? null : check(name, value));

const checks: Readonly<Record<string, (params: JsonObject) => string | null>> = {
  initialize({ protocolVersion, capabilities, clientInfo }) {
    const { name, version } = (clientInfo ?? {}) as JsonObject;
    return (
      text('protocolVersion', protocolVersion) ??
      object('capabilities', capabilities) ??
      object('clientInfo', clientInfo) ??
      text('clientInfo.name', name) ??
      text('clientInfo.version', version)
    );
  },
  'tools/list': ({ cursor }) => optional('cursor', cursor, text),
  'tools/call': ({ name, arguments: args }) => text('name', name) ?? optional('arguments', args, object),
  'logging/setLevel': ({ level }) => logLevel('level', level),
};

/** The token under which the client wants progress of a request; checked before by `explainBadParams`. */
export function progressTokenOf(params: JsonObject | undefined): ProgressToken | undefined {
  const meta = params?._meta as { progressToken?: ProgressToken } | undefined;
  return meta?.progressToken;
}
