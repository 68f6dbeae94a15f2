import { Transform } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { AppError, isAppError, toFault } from '../domain/app-error.ts';
import type { EnvSource } from '../domain/env-source.ts';
import { type Redactor, redactedMark } from '../domain/redact.ts';
import { createStreamRedactor, type KnownSecrets, redactKnownValues } from '../domain/redact-known-values.ts';
import { showCommand } from '../domain/show-command.ts';
import type { UpstreamHandshake } from '../domain/upstream-handshake.ts';
import { createUpstream, type Upstream, type UpstreamClient, type UpstreamDeps } from '../runners/upstream.ts';
import { resolveEnvSources } from '../services/env-sources/resolve-env-sources.ts';
import { resolveExecutable } from '../services/handshake-cache/resolve-executable.ts';
import { writeHandshake } from '../services/handshake-cache/write-handshake.ts';
import { runConnected } from '../services/platform/process/run-connected.ts';
import type { HandshakeKey } from './cached-handshake.ts';
import type { Host } from './host.ts';
import { redactorFor } from './secrets.ts';
import { createRunners } from './services.ts';

export interface UpstreamStart extends Pick<UpstreamDeps, 'command' | 'limits' | 'client' | 'onStderr'> {
  readonly envSources: readonly EnvSource[];
  /** Under which the answers of the command are saved, as of now. */
  cacheKey(): HandshakeKey;
}

/** Runs the chart of a wrapped command, and saves what the command answers for the next start. */
export function startUpstream(host: Host, start: UpstreamStart): Upstream {
  const { context, workers } = host;
  const { secrets, log, place, nodeProcess } = context;
  const { command, client, envSources } = start;
  const runners = createRunners(host, { recordFailure: () => undefined });
  const redact = redactorFor(context);
  const containsSecret = (text: string) => redactKnownValues(secrets, '')(text) !== text;

  let saving = Promise.resolve();
  const save = (handshake: UpstreamHandshake) => {
    const write = () =>
      writeHandshake({
        ...start.cacheKey(),
        dir: place.stateFolder.handshakesDir,
        command: redact.text(showCommand([command.file, ...command.args])),
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
    learn(handshake, isStart) {
      client.learn(handshake, isStart);
      save(handshake);
    },
  };

  const env = definedOnly(nodeProcess.env);
  return createUpstream({
    ...start,
    client: savingClient,
    register: workers.add,
    follow: runners.follow,
    processes: {
      connect: (spec, options) =>
        runners.processes.connect(spec, {
          ...options,
          // Here, before the end of it is kept: a part of a secret could not be recognised any more.
          onPipes: (pipes) => options.onPipes({ ...pipes, stderr: pipes.stderr.pipe(redactStream(secrets)) }),
        }),
    },
    log,
    redact: redact.text,
    async resolveEnv(signal) {
      const { cwd } = command;
      const run: Parameters<typeof resolveEnvSources>[1]['run'] = ([file = '', ...args], limits, signal) =>
        runConnected(runners.processes, { file, args, cwd, env }, limits, signal);
      const sources = envSources.map((source) => atHome(source, place.homeDir));
      const resolution = { cwd, run, onSecret: (value: string) => secrets.add(value) };
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

function redactStream(secrets: KnownSecrets): Transform {
  const decoder = new StringDecoder();
  const redactor = createStreamRedactor(secrets, redactedMark);
  return new Transform({
    transform: (chunk: Buffer, _, onDone) => onDone(null, redactor.push(decoder.write(chunk))),
    flush: (onDone) => onDone(null, redactor.push(decoder.end()) + redactor.end()),
  });
}

/** What a program of `--env` says itself may contain its value. */
function withoutSecrets({ code, message, details }: AppError, redact: Redactor): AppError {
  const { output } = details ?? {};
  return new AppError(code, message, {
    details: { ...details, ...(typeof output === 'string' ? { output: redact.text(output) } : {}) },
  });
}

/** No shell expands `~` in the entry of a client. */
const atHome = (source: EnvSource, homeDir: string): EnvSource =>
  source.kind === 'command' ? source : { ...source, path: source.path.replace(/^~(?=\/)/, homeDir) };

const definedOnly = (env: Readonly<Record<string, string | undefined>>): Record<string, string> =>
  Object.fromEntries(Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
