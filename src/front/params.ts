import { isJsonObject, type JsonObject } from '../domain/json-object.ts';
import { isRequestId, type ProgressToken } from '../domain/json-rpc.ts';

/** Of these the params can be checked. */
export const methodsWithChecks = ['initialize', 'tools/list', 'tools/call', 'logging/setLevel'] as const;
export type MethodWithChecks = (typeof methodsWithChecks)[number];

/**
 * Explains what is wrong with the params of a request, or null. The SDK answers these with -32603 and a dump of its schema; a client's author is
 * better served by one sentence.
 * @param checked the params of others are passed on as they are, but for the progress token, which is known in all
 */
export function explainBadParams(
  method: string,
  params: JsonObject = {},
  checked: readonly MethodWithChecks[] = methodsWithChecks,
): string | null {
  const { _meta: meta } = params;
  const known = checked.find((each) => each === method);
  const check = known === undefined ? undefined : checks[known];
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

const checks: Readonly<Record<MethodWithChecks, (params: JsonObject) => string | null>> = {
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
