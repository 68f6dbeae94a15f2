import { isJsonObject, type JsonObject } from '../domain/json-object.ts';
import type { ProgressToken } from '../domain/json-rpc.ts';

/**
 * Explains what is wrong with the params of a request that the server knows, or null. The SDK answers these with -32603 and
 * a dump of its schema; a client's author is better served by one sentence.
 */
export function explainBadParams(method: string, params: JsonObject | undefined): string | null {
  const check = Object.hasOwn(checks, method) ? checks[method] : undefined;
  return explainBadMeta(params?._meta) ?? check?.(params ?? {}) ?? null;
}

function explainBadMeta(meta: unknown): string | null {
  if (meta === undefined) return null;
  if (!isJsonObject(meta)) return '"_meta" must be an object';
  const token = meta.progressToken;
  if (token === undefined || typeof token === 'string' || Number.isSafeInteger(token)) return null;
  return '"_meta.progressToken" must be a string or a whole number';
}

const logLevels = ['debug', 'info', 'notice', 'warning', 'error', 'critical', 'alert', 'emergency'];

const checks: Readonly<Record<string, (params: JsonObject) => string | null>> = {
  initialize({ protocolVersion, capabilities, clientInfo }) {
    if (typeof protocolVersion !== 'string') return '"protocolVersion" must be a string';
    if (!isJsonObject(capabilities)) return '"capabilities" must be an object';
    if (!isJsonObject(clientInfo)) return '"clientInfo" must be an object';
    if (typeof clientInfo.name !== 'string') return '"clientInfo.name" must be a string';
    return typeof clientInfo.version === 'string' ? null : '"clientInfo.version" must be a string';
  },
  'tools/list': ({ cursor }) =>
    cursor === undefined || typeof cursor === 'string' ? null : '"cursor" must be a string',
  'tools/call'({ name, arguments: args }) {
    if (typeof name !== 'string') return '"name" must be a string';
    return args === undefined || isJsonObject(args) ? null : '"arguments" must be an object';
  },
  'logging/setLevel': ({ level }) =>
    typeof level === 'string' && logLevels.includes(level) ? null : `"level" must be one of ${logLevels.join(', ')}`,
};

/** The token under which the client wants progress of a request; checked before by `explainBadParams`. */
export function progressTokenOf(params: JsonObject | undefined): ProgressToken | undefined {
  const meta = params?._meta as { progressToken?: ProgressToken } | undefined;
  return meta?.progressToken;
}
