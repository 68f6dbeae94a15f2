import { AppError, isAppError, toFault } from '../domain/app-error.ts';
import type { EnvSource } from '../domain/env-source.ts';
import { isJsonObject, type JsonObject } from '../domain/json-object.ts';
import type { Redactor } from '../domain/redact.ts';
import { redactKnownValues } from '../domain/redact-known-values.ts';
import { showCommandWithoutSecrets } from '../domain/show-command-without-secrets.ts';
import { differences, type UpstreamHandshake } from '../domain/upstream-handshake.ts';
import {
  createUpstream,
  type HandshakeSource,
  type Upstream,
  type UpstreamClient,
  type UpstreamDeps,
} from '../runners/upstream.ts';
import { resolveEnvSources } from '../services/env-sources/resolve-env-sources.ts';
import { resolveExecutable } from '../services/handshake-cache/resolve-executable.ts';
import { writeHandshake } from '../services/handshake-cache/write-handshake.ts';
import { runConnected } from '../services/platform/process/run-connected.ts';
import type { HandshakeKey } from './cached-handshake.ts';
import type { Host } from './host.ts';
import { redactorFor } from './secrets.ts';
import { createRunners } from './services.ts';

export interface UpstreamStart
  extends Pick<UpstreamDeps, 'name' | 'command' | 'limits' | 'isTriedOnce' | 'client' | 'onStderr'> {
  readonly envSources: readonly EnvSource[];
  /** Under which the answers of the command are saved, as of now. */
  cacheKey(introduction: JsonObject): HandshakeKey;
}

/** Runs the chart of a wrapped command, and saves what the command answers for the next start. */
export function startUpstream(host: Host, start: UpstreamStart): Upstream {
  const { context, workers } = host;
  const { secrets, log, place, nodeProcess } = context;
  const { command, client, envSources } = start;
  const runners = createRunners(host, { recordFailure: () => undefined, scenario: null });
  const redact = redactorFor(context);
  const containsSecret = (text: string) => redactKnownValues(secrets, '')(text) !== text;

  /** What a command writes is redacted line by line. */
  const onSecret = (value: string) => {
    secrets.add(value);
    for (const line of value.split('\n')) secrets.add(line);
  };
  let saving = Promise.resolve();
  let saved: UpstreamHandshake | null = null;
  const save = (handshake: UpstreamHandshake, { isStart, introduction }: HandshakeSource) => {
    // Each start makes the entry younger; a list that has not changed needs no writing.
    if (!isStart && saved !== null && differences(saved, handshake).length === 0) return;
    saved = handshake;
    const write = () =>
      writeHandshake({
        ...start.cacheKey(introduction),
        dir: place.stateFolder.handshakesDir,
        command: redact.text(showCommandWithoutSecrets([command.file, ...command.args])),
        client: clientNameIn(introduction),
        handshake,
        containsSecret,
      });
    saving = saving.then(write).catch((problem: unknown) => {
      log.warning('handshake_not_saved', { error: toFault(problem).message });
    });
  };
  workers.add({ whenSettled: () => saving });
  const savingClient: UpstreamClient = {
    ...client,
    learn(handshake, from) {
      client.learn(handshake, from);
      save(handshake, from);
    },
  };

  const env = definedOnly(nodeProcess.env);
  return createUpstream({
    ...start,
    client: savingClient,
    register: workers.add,
    follow: runners.follow,
    processes: runners.processes,
    log,
    redact: redact.text,
    async resolveEnv(signal) {
      const { cwd } = command;
      const run: Parameters<typeof resolveEnvSources>[1]['run'] = ([file = '', ...args], limits, signal) =>
        runConnected(runners.processes, { file, args, cwd, env }, limits, signal);
      const sources = envSources.map((source) => atHome(source, place.homeDir));
      const resolution = { cwd, run, onSecret };
      const given = await resolveEnvSources(sources, resolution, signal).catch((problem: unknown) => {
        throw isAppError(problem) ? withoutSecrets(problem, redact) : problem;
      });
      const all = { ...env, ...given };
      const program = resolveExecutable({ file: command.file, cwd, env: all });
      if ('fault' in program) throw program.fault;
      return all;
    },
  });
}

/** What a program of `--env` says itself may contain its value. */
function withoutSecrets({ code, message, details }: AppError, redact: Redactor): AppError {
  const { output } = details ?? {};
  return new AppError(code, message, {
    details: { ...details, ...(typeof output === 'string' ? { output: redact.text(output) } : {}) },
  });
}

const clientNameIn = ({ clientInfo }: JsonObject): string =>
  isJsonObject(clientInfo) && typeof clientInfo.name === 'string' ? clientInfo.name : '';

/** No shell expands `~` in the entry of a client. */
const atHome = (source: EnvSource, homeDir: string): EnvSource =>
  source.kind === 'command' ? source : { ...source, path: source.path.replace(/^~(?=\/)/, homeDir) };

const definedOnly = (env: Readonly<Record<string, string | undefined>>): Record<string, string> =>
  Object.fromEntries(Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
