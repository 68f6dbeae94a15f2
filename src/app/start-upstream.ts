import { createUpstream, type Upstream, type UpstreamDeps } from '../runners/upstream.ts';
import type { Host } from './host.ts';
import { redactorFor } from './secrets.ts';
import { createRunners } from './services.ts';

export type UpstreamStart = Pick<UpstreamDeps, 'command' | 'limits' | 'client' | 'onStderr'>;

/** Runs the chart of a wrapped command. */
export function startUpstream(host: Host, start: UpstreamStart): Upstream {
  const { context, workers } = host;
  const runners = createRunners(host, { recordFailure: () => undefined });
  const redact = redactorFor(context);
  return createUpstream({
    ...start,
    register: workers.add,
    follow: runners.follow,
    processes: runners.processes,
    log: context.log,
    redact: redact.text,
    resolveEnv: async () => definedOnly(context.nodeProcess.env),
  });
}

const definedOnly = (env: Readonly<Record<string, string | undefined>>): Record<string, string> =>
  Object.fromEntries(Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
