import { encodeJson } from './encode-json.ts';
import { showCommand } from './show-command.ts';

/** A stand-alone program: `src/hooks/<name>.ts` in the source, `hooks/<name>.js` in the build. */
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
  /** A regular expression for the tool's name; null for an event without a tool. */
  readonly matcher: string | null;
  /** In order. */
  readonly scripts: readonly HookScript[];
  /** The sessions that the scripts are for. The client has no scopes, so each script checks its environment. */
  readonly scope: 'any' | 'headless';
  readonly timeLimitSeconds: number;
  readonly disclosure: HookDisclosure;
}

/** What a person is told of a hook before a client starts it. */
export interface HookDisclosure {
  /** The moment: `before open_kitchen`. */
  readonly when: string;
  /** Of the event, which the client passes as a whole. */
  readonly uses: string;
  readonly does: string;
}

export interface HookRegistry {
  readonly rows: readonly HookRow[];
  /** Names of former scripts. Do not reuse them: a client may still start the old scripts. */
  readonly retired: readonly string[];
}

export const hookRegistry: HookRegistry = {
  rows: [
    guardOf(
      ourTools('run_cmd', 'run_python', 'run_skill'),
      'headless-guard',
      {
        uses: 'nothing but whether the session is headless (MAITRED_HEADLESS)',
        does: 'denies the call if it is',
      },
      'headless',
    ),
    guardOf(ourTools('open_kitchen'), 'open-kitchen-guard', {
      uses: "the session's id and the name in the call",
      does: 'denies the call in a headless session, and notes of any other that it has opened the kitchen',
    }),
    guardOf(ourTools('run_cmd'), 'unsafe-install-guard', {
      uses: 'the command',
      does: 'denies editable installs into an environment that others share',
    }),
    guardOf(clientTools('Write', 'Edit', 'MultiEdit', 'NotebookEdit'), 'generated-file-guard', {
      uses: "the path of the file, and whether a hooks.json there is the plugin's",
      does: 'denies edits of the plugin and of a .claude/settings.json',
    }),
    {
      event: 'SessionStart',
      matcher: null,
      scripts: ['session-start'],
      scope: 'any',
      timeLimitSeconds: 5,
      disclosure: {
        when: 'when a session starts',
        uses: "the session's id and whether it is resumed",
        does: 'reminds a resumed session to open the kitchen again, and removes old notes on who opened it',
      },
    },
  ],
  retired: [],
};

/** Some tools of a client, and the regular expression for the names by which it calls them. */
interface MatchedTools {
  readonly tools: readonly string[];
  readonly matcher: string;
}

function guardOf(
  { tools, matcher }: MatchedTools,
  script: HookScript,
  texts: Omit<HookDisclosure, 'when'>,
  scope: HookRow['scope'] = 'any',
): HookRow {
  const disclosure = { when: `before ${tools.join(', ')}`, ...texts };
  return { event: 'PreToolUse', matcher, scripts: [script], scope, timeLimitSeconds: 5, disclosure };
}

/** A client prefixes the tools of a plugin's server differently from those of a configured server. */
function ourTools(...tools: readonly string[]): MatchedTools {
  return { tools, matcher: `^mcp__(plugin_maitred_)?maitred__(${tools.join('|')})$` };
}

function clientTools(...tools: readonly string[]): MatchedTools {
  return { tools, matcher: `^(${tools.join('|')})$` };
}

/** Every script once. */
export const hookScripts: readonly HookScript[] = [...new Set(hookRegistry.rows.flatMap(({ scripts }) => scripts))];

/** The same text for equal registries, whatever the order of their rows and keys. */
export function canonicalRegistryText({ rows, retired }: HookRegistry): string {
  const rowTexts = rows.map(({ event, matcher, scope, scripts, timeLimitSeconds }) =>
    encodeJson({ event, matcher, scope, scripts, timeLimitSeconds }),
  );
  return `{"retired":${encodeJson([...retired].sort())},"rows":[${rowTexts.sort().join(',')}]}`;
}

/** Absolute paths of this machine. */
export interface HookPaths {
  readonly nodeFile: string;
  /** The folder of the built program. */
  readonly programDir: string;
  /** Passed to the scripts, because the client's environment can differ from the server's. */
  readonly stateDir: string;
}

/** The content of a plugin's `hooks/hooks.json`. */
export interface ClientHooks {
  /** The hash of the registry it was generated from. Clients ignore unknown keys. */
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

/** The client passes the command to a shell. */
const commandOf = (script: HookScript, { nodeFile, programDir, stateDir }: HookPaths): string =>
  showCommand([nodeFile, `${programDir}/hooks/${script}.js`, stateDir]);
