import { PassThrough } from 'node:stream';
import { AppError, type ErrorCode, errorKinds, toFault } from '../domain/app-error.ts';
import { canonicalJson } from '../domain/canonical-json.ts';
import { commandName } from '../domain/command-name.ts';
import { durationText } from '../domain/duration-text.ts';
import { encodeJson } from '../domain/encode-json.ts';
import { isJsonObject, type JsonObject, parseJsonObject } from '../domain/json-object.ts';
import { findKnownClients, type KnownClient, knownClients } from '../domain/known-clients.ts';
import { createLineSplitter } from '../domain/line-splitter.ts';
import { nearestName } from '../domain/nearest-name.ts';
import { printable } from '../domain/printable-text.ts';
import { showCommandWithoutSecrets } from '../domain/show-command-without-secrets.ts';
import type { WrapFlags } from '../domain/wrap-flags.ts';
import { createHandshakeCache } from '../services/handshake-cache/handshake-cache.ts';
import { handshakeKeyOf } from './cached-handshake.ts';
import type { NodeProcess } from './node-process.ts';
import type { ServerContext } from './server-context.ts';

/* The entry of the chunk `warm.js`: `maitred wrap --warm`. */

export { build } from './build.ts';

/** Runs the host of `wrap` once more, with other streams. @returns what it shares */
export type RunWrapped = (streams: Pick<NodeProcess, 'stdin' | 'stdout' | 'exit'>) => ServerContext;

/** Caches what a command answers: starts it once for each kind of client, as that client would. */
export async function warm(flags: WrapFlags, nodeProcess: NodeProcess, runWrapped: RunWrapped): Promise<void> {
  const say = (text: string) => nodeProcess.stderr.write(`maitred: ${printable(text)}\n`);
  try {
    const clients = clientsToWarm(flags.warmClient);
    const name = flags.name ?? commandName(flags.file, flags.args);
    for (const [client, names] of clients) {
      say(`starting ${name} for ${names}`);
      nodeProcess.stdout.write(`${printable(`${names}: ${await warmFor(client, flags, runWrapped)}`)}\n`);
    }
    nodeProcess.exit(0);
  } catch (problem) {
    const { code, message, details } = toFault(problem);
    say(message);
    if (typeof details?.output === 'string') nodeProcess.stderr.write(`${details.output.trimEnd()}\n`);
    nodeProcess.exit(errorKinds[code].exitCode);
  }
}

/** Those that a server cannot tell apart are one. @throws AppError `not_found` */
function clientsToWarm(wanted: string | null): readonly (readonly [KnownClient, string])[] {
  const clients = wanted === null ? knownClients : findKnownClients(wanted);
  if (clients.length === 0) throw unknownClient(wanted ?? '');
  const kinds = new Map<string, KnownClient[]>();
  for (const client of clients) {
    const kind = canonicalJson([client.protocolVersion, client.capabilities]);
    kinds.set(kind, [...(kinds.get(kind) ?? []), client]);
  }
  return [...kinds.values()].flatMap((alike) => {
    const [first] = alike;
    return first === undefined ? [] : [[first, alike.map(labelOf).join(', ')] as const];
  });
}

const labelOf = ({ name, release }: KnownClient): string => (release === undefined ? name : `${name} ${release}`);

function unknownClient(wanted: string): AppError {
  const names = new Set(knownClients.flatMap(({ name, shortNames }) => [...shortNames, name]));
  const near = nearestName(wanted, names);
  const hint = near === undefined ? `Known are ${[...names].join(', ')}.` : `Did you mean ${near}?`;
  return new AppError('not_found', `--client ${encodeJson(wanted)} is not a client that maitred knows. ${hint}`);
}

/** @returns what was cached, for people. @throws AppError what the client would get; `unavailable` where it could not be saved, or has no list of its tools */
async function warmFor(client: KnownClient, flags: WrapFlags, runWrapped: RunWrapped): Promise<string> {
  const startedAtMs = Date.now();
  const { name, protocolVersion, capabilities } = client;
  const stdin = new PassThrough();
  const stdout = new PassThrough();
  const answered = lastAnswer(stdout);
  let onExit: (code: number) => void = () => undefined;
  const exited = new Promise<number>((resolve) => {
    onExit = resolve;
  });
  const context = runWrapped({
    stdin: stdin as unknown as NodeProcess['stdin'],
    stdout: stdout as unknown as NodeProcess['stdout'],
    exit: onExit as NodeProcess['exit'],
  });
  const introduction = { protocolVersion, capabilities, clientInfo: { name, version: '0' } };
  const send = (message: object) => stdin.write(`${encodeJson({ jsonrpc: '2.0', ...message })}\n`);
  send({ id: 0, method: 'initialize', params: introduction });
  send({ method: 'notifications/initialized' });
  // It is answered when all lists have been read; also by a server without tools, which refuses it.
  send({ id: 1, method: 'tools/list' });
  const answer = await Promise.race([answered, exited]);
  if (typeof answer === 'number')
    throw new AppError('cancelled', 'The front was ended before the command was ready: nothing has been cached.');
  stdin.end();
  await exited;
  const isFailedStart = answer.id === 0;
  if (isFailedStart) throw failedStart(refusal(answer.error, flags.startTimeoutMs), flags);
  const { key } = handshakeKeyOf(context, flags, client);
  const { handshakesDir } = context.place.stateFolder;
  const saved = createHandshakeCache({ dir: handshakesDir, ownUid: context.nodeProcess.getuid?.() ?? null }).read(key);
  const isSaved = saved !== null && saved.entry.savedAtMs >= startedAtMs;
  // The lists did not come, or could not be written.
  if (!isSaved && answer.error !== undefined) throw refusal(answer.error, flags.startTimeoutMs);
  if (!isSaved)
    throw new AppError(
      'unavailable',
      `The answers could not be saved in ${handshakesDir}: the line handshake_not_saved above says why.`,
    );
  const { initialize, lists } = saved.handshake;
  const hasTools = isJsonObject(initialize.capabilities) && initialize.capabilities.tools !== undefined;
  if (hasTools && lists.tools === undefined)
    throw new AppError(
      'unavailable',
      'The server has tools, but it refused to list them, so they are not cached: the line list_refused above says why.',
    );
  const { counts, serverName, serverVersion } = saved.entry;
  const tools = `${counts.tools} ${counts.tools === 1 ? 'tool' : 'tools'}`;
  return `${tools} of ${serverName} ${serverVersion} cached as ${key} (${durationText(Date.now() - startedAtMs)})`;
}

/** The answer to the last request, or the error of the first. */
function lastAnswer(stdout: PassThrough): Promise<JsonObject> {
  return new Promise((resolve) => {
    const lines = createLineSplitter<Buffer>({
      maxLineBytes: 256 * 1_048_576,
      join: Buffer.concat,
      onLine(line) {
        const message = parseJsonObject(line.toString());
        // A server asks too, with ids of its own.
        if (message === null || 'method' in message) return;
        const isFailedStart = message.id === 0 && message.error !== undefined;
        if (isFailedStart || message.id === 1) resolve(message);
      },
      onTooLong: () => undefined,
    });
    stdout.on('data', (chunk: Buffer) => lines.push(chunk));
  });
}

/** With the next step, where the message names none after a colon. */
function failedStart({ code, message, details }: AppError, { file, args }: WrapFlags): AppError {
  const next = `. Correct the command; try it alone: ${showCommandWithoutSecrets([file, ...args])}`;
  return new AppError(code, message.includes(': ') ? message : `${message}${next}`, { ...(details && { details }) });
}

function refusal(error: unknown, startTimeoutMs: number): AppError {
  const { message, data } = isJsonObject(error) ? error : {};
  const { code, cause, ...details } = isJsonObject(data) ? data : {};
  const known = Object.hasOwn(errorKinds, String(code)) ? (code as ErrorCode) : 'unavailable';
  if (known === 'not_ready')
    return new AppError(
      known,
      `The server did not start, or did not list what it has, within ${durationText(startTimeoutMs)}: nothing has been cached. Give it longer with --start-timeout.`,
      { details },
    );
  return new AppError(known, typeof cause === 'string' ? cause : String(message), { details });
}
