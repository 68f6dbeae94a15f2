import { showCommand } from './show-command.ts';

/** A stand-alone program: `src/hooks/<name>.ts` in the source, `hooks/<name>.js` beside the built program. */
export type HookScript =
  | 'headless-guard'
  | 'open-kitchen-guard'
  | 'unsafe-install-guard'
  | 'generated-file-guard'
  | 'session-start';

export type HookEvent = 'PreToolUse' | 'SessionStart';

/** When the client starts which scripts. */
export interface HookRow {
  readonly event: HookEvent;
  /** A regular expression for the name of the tool; null for an event that has none. */
  readonly matcher: string | null;
  /** In order. */
  readonly scripts: readonly HookScript[];
  /** Where the scripts have something to say. The client knows no scopes: each script looks at its environment. */
  readonly scope: 'any' | 'headless';
  readonly timeLimitSeconds: number;
}

export interface HookRegistry {
  readonly rows: readonly HookRow[];
  /** Names of scripts that there were once. They are not given out again: a client may still start the old ones. */
  readonly retired: readonly string[];
}

export const hookRegistry: HookRegistry = {
  rows: [
    {
      event: 'PreToolUse',
      matcher: ourTools('run_cmd', 'run_python', 'run_skill'),
      scripts: ['headless-guard'],
      scope: 'headless',
      timeLimitSeconds: 5,
    },
    {
      event: 'PreToolUse',
      matcher: ourTools('open_kitchen'),
      scripts: ['open-kitchen-guard'],
      scope: 'any',
      timeLimitSeconds: 5,
    },
    {
      event: 'PreToolUse',
      matcher: ourTools('run_cmd'),
      scripts: ['unsafe-install-guard'],
      scope: 'any',
      timeLimitSeconds: 5,
    },
    {
      event: 'PreToolUse',
      matcher: '^(Write|Edit|MultiEdit|NotebookEdit)$',
      scripts: ['generated-file-guard'],
      scope: 'any',
      timeLimitSeconds: 5,
    },
    { event: 'SessionStart', matcher: null, scripts: ['session-start'], scope: 'any', timeLimitSeconds: 5 },
  ],
  retired: [],
};

/** A client names the tools of a server that it was given, and those of a plugin's server, in two ways. */
function ourTools(...tools: readonly string[]): string {
  return `^mcp__(plugin_maitred_)?maitred__(${tools.join('|')})$`;
}

/** Each once. */
export const hookScripts: readonly HookScript[] = [...new Set(hookRegistry.rows.flatMap(({ scripts }) => scripts))];

/** One text for all registries that mean the same, whatever order their rows and keys are written in. */
export function canonicalRegistryText({ rows, retired }: HookRegistry): string {
  const rowTexts = rows.map(({ event, matcher, scope, scripts, timeLimitSeconds }) =>
    JSON.stringify({ event, matcher, scope, scripts, timeLimitSeconds }),
  );
  return `{"retired":${JSON.stringify([...retired].sort())},"rows":[${rowTexts.sort().join(',')}]}`;
}

/** Absolute paths of this machine. */
export interface HookPaths {
  readonly nodeFile: string;
  /** Where the built program lies. */
  readonly programDir: string;
  /** The client's environment need not be the server's: the scripts are told where the state is. */
  readonly stateDir: string;
}

/** What the client starts, and when: the form of a plugin's `hooks/hooks.json`. */
export interface ClientHooks {
  /** Names the registry that this was made from; clients pass over keys that they do not know. */
  readonly maitred_registry: string;
  readonly hooks: Readonly<Partial<Record<HookEvent, readonly ClientHookGroup[]>>>;
}

interface ClientHookGroup {
  readonly matcher?: string;
  readonly hooks: readonly { readonly type: 'command'; readonly command: string; readonly timeout: number }[];
}

export function clientHooks({ rows }: HookRegistry, registryHash: string, paths: HookPaths): ClientHooks {
  const hooks: Partial<Record<HookEvent, ClientHookGroup[]>> = {};
  for (const { event, matcher, scripts, timeLimitSeconds: timeout } of rows) {
    const commands = scripts.map(
      (script) => ({ type: 'command', command: commandOf(script, paths), timeout }) as const,
    );
    const group = matcher === null ? { hooks: commands } : { matcher, hooks: commands };
    hooks[event] = [...(hooks[event] ?? []), group];
  }
  return { maitred_registry: registryHash, hooks };
}

/** The client hands the command to a shell. */
const commandOf = (script: HookScript, { nodeFile, programDir, stateDir }: HookPaths): string =>
  showCommand([nodeFile, `${programDir}/hooks/${script}.js`, stateDir]);
