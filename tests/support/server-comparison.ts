import { expect } from 'vitest';
import { isJsonObject, type JsonObject } from '../../src/domain/json-object.ts';
import type { RequestId } from '../../src/domain/json-rpc.ts';
import { tempFolder } from '../doubles/temp-folder.ts';
import { type ObservedClient, observeServer, type ServerCommand } from './observed-client.ts';
import { aWorld } from './spawned-server.ts';

/** One thing that a client does, and what the server sends it meanwhile. It ends when the server has sent everything. */
export interface Step {
  /** Unique in its script. */
  readonly name: string;
  run(client: ObservedClient, dir: string): Promise<unknown>;
  /** Makes a message comparable that differs from run to run in a way of its own; null leaves it out. */
  readonly tidy?: (message: JsonObject) => JsonObject | null;
}

/** What a client does with a server, in order. */
export interface Script {
  readonly steps: readonly Step[];
  /** The roots of the client at the start, in the folder `dir`. */
  readonly roots: (dir: string) => { readonly uri: string; readonly name: string }[];
}

/** What a client received in each step, by the name of the step. */
export type Observation = ReadonlyMap<string, readonly unknown[]>;

/** Runs a script with a new server. Text with `server.cwd` in it is comparable between folders. */
async function observe(
  { steps, roots }: Script,
  server: ServerCommand,
  changeHandshake: (message: JsonObject) => JsonObject,
): Promise<Observation> {
  const client = await observeServer(server, roots(server.cwd));
  const comparable = createNormalizer(client, server.cwd);
  const observation = new Map<string, readonly unknown[]>();
  const finish = (name: string, tidy: Step['tidy'] = (message) => message) => {
    observation.set(
      name,
      client.received.map(tidy).flatMap((message) => (message === null ? [] : comparable(message))),
    );
    client.forget();
  };
  try {
    finish('handshake', (message) => (message.method === undefined ? changeHandshake(message) : null));
    for (const { name, run, tidy } of steps) {
      await run(client, server.cwd);
      finish(name, tidy);
    }
  } catch (problem) {
    throw new Error(`the server stopped the script after ${[...observation.keys()].at(-1)}\n${client.stderr}`, {
      cause: problem,
    });
  } finally {
    await client.close();
  }
  finish('the end');
  observation.set('errors of the client', client.faults);
  return observation;
}

const asItIs = (message: JsonObject) => message;

/** How to start the server of a script. */
export interface ComparedServer {
  /** The command for a server whose current folder is `dir`. */
  readonly command: (dir: string) => readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Writes what the script needs into the current folder of a server. */
  readonly prepare?: (dir: string) => void;
  /** Whether the launcher has started it before, in the same folder, for the same client. */
  readonly isKnown?: boolean;
  /** How the launcher changes the answer to initialize. */
  readonly changeHandshake?: (message: JsonObject) => JsonObject;
}

/**
 * Runs a script with two servers at the same time, one of them behind a launcher, and fails if the client can see a difference. Both have
 * the same home, and each has an empty current folder.
 * @param launcher the start of the command line, such as that of a front
 */
export async function expectSameThrough(launcher: readonly string[], script: Script, server: ComparedServer) {
  const { env } = aWorld();
  const run = async (start: readonly string[], isKnown: boolean, changeHandshake = asItIs) => {
    const dir = tempFolder();
    server.prepare?.(dir);
    const command = { command: [...start, ...server.command(dir)], cwd: dir, env: { ...env, ...server.env } };
    if (isKnown) await observe({ ...script, steps: [] }, command, asItIs);
    return observe(script, command, changeHandshake);
  };
  const [plain, through] = await Promise.all([
    run([], false, server.changeHandshake),
    run(launcher, server.isKnown ?? false),
  ]);
  expectSame(plain, through);
}

/** Fails with the name of the first step in which the client received something else. */
export function expectSame(plain: Observation, through: Observation): void {
  for (const [name, received] of plain)
    expect(through.get(name), `what the client received in the step "${name}"`).toEqual(received);
  expect([...through.keys()]).toEqual([...plain.keys()]);
}

/** A server that has just started sends these at its own time. */
export const withoutListChanges = (message: JsonObject): JsonObject | null =>
  /^notifications\/.*\/list_changed$/.test(String(message.method)) ? null : message;

/**
 * Replaces what differs from run to run: ids by what they stand for, random identifiers by their number, times by a word. The ids of the
 * server's requests are left out.
 */
function createNormalizer(client: ObservedClient, dir: string): (message: JsonObject) => unknown {
  const identifiers = new Map<string, string>();
  const nameOf = (identifier: string) => {
    const name = identifiers.get(identifier) ?? `<identifier ${identifiers.size + 1}>`;
    identifiers.set(identifier, name);
    return name;
  };
  const normalizeText = (text: string) =>
    text
      .replaceAll(dir, '<dir>')
      .replace(/\b(?:[\da-f]{32}|[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})\b/g, nameOf)
      .replace(/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g, '<time>')
      .replace(/\b(?:[A-Z][a-z]{2} [A-Z][a-z]{2} \d\d \d{4} )?\d{1,2}:\d\d:\d\d(?: [AP]M)?/g, '<time>');
  const normalize = (value: unknown, key = ''): unknown => {
    if (key === 'progressToken') return requestOf(client, value as RequestId);
    // Some have the time in them.
    if (key === 'blob') return normalizeText(Buffer.from(String(value), 'base64').toString('latin1'));
    if (typeof value === 'string') return normalizeText(value);
    if (Array.isArray(value)) return value.map((one) => normalize(one));
    if (!isJsonObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, normalize(one, name)]));
  };
  return ({ id, ...message }) =>
    id === undefined || 'method' in message
      ? normalize(message)
      : { answerTo: normalizeText(requestOf(client, id as RequestId)), ...(normalize(message) as object) };
}

const requestOf = (client: ObservedClient, id: RequestId) => client.requestWith(id) ?? `an unknown request: ${id}`;
