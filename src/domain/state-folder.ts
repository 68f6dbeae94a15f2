/** Version of the state folder's format. A folder of another version is rejected. */
export const stateFormatVersion = 2;

/** The paths in the state folder. Folders are made with mode 0700, files with 0600. */
export interface StateFolder {
  readonly dir: string;
  /** Contains the format version as a decimal number. */
  readonly formatFile: string;
  readonly logsDir: string;
  readonly serverLogFile: string;
  readonly sessionIndexFile: string;
  readonly sessionsDir: string;
  /** Contains an ISO timestamp: telemetry before it is cleared. */
  readonly clearedAtFile: string;
  readonly serversDir: string;
  /** One socket per server, `<server id>.sock`; it streams the server's charts. */
  readonly socketsDir: string;
  /** One folder per server that recovers dead servers; it contains their records meanwhile. */
  readonly recoveringDir: string;
  /** The record of the server that shut down last. */
  readonly lastServerFile: string;
  readonly crashesDir: string;
  readonly earlySettingsDir: string;
  /** Output of commands, as `<server id>.<call number>.stdout` and `.stderr`. */
  readonly outputDir: string;
  /** Copies of databases while they are open: one folder per query, `<server id>.<letters>`. */
  readonly databasesDir: string;
  /** One marker per client session that has opened the kitchen. */
  readonly kitchenDir: string;
  /** The plugin for Claude Code, and the marketplace that offers it. `maitred` writes everything in it. */
  readonly pluginDir: string;
  readonly hooksFile: string;
}

type Env = Readonly<Record<string, string | undefined>>;

const absolute = (path: string | undefined): string | undefined => (path?.startsWith('/') ? path : undefined);

/** `$MAITRED_STATE_DIR`, else `$XDG_STATE_HOME/maitred`, else `~/.local/state/maitred`. Relative XDG paths are ignored, as its standard requires. */
export function stateDirFrom(env: Env, homeDir: string): string {
  const xdg = absolute(env.XDG_STATE_HOME);
  return env.MAITRED_STATE_DIR || (xdg ? `${xdg}/maitred` : `${homeDir}/.local/state/maitred`);
}

/** `$XDG_CONFIG_HOME/maitred/config.yaml`, else `~/.config/maitred/config.yaml`. */
export function userConfigFileFrom(env: Env, homeDir: string): string {
  return `${absolute(env.XDG_CONFIG_HOME) ?? `${homeDir}/.config`}/maitred/config.yaml`;
}

export function stateFolderAt(dir: string): StateFolder {
  const logsDir = `${dir}/logs`;
  return {
    dir,
    formatFile: `${dir}/format`,
    logsDir,
    serverLogFile: `${logsDir}/server.log`,
    sessionIndexFile: `${logsDir}/sessions.jsonl`,
    sessionsDir: `${logsDir}/sessions`,
    clearedAtFile: `${logsDir}/.telemetry_cleared_at`,
    serversDir: `${dir}/servers`,
    socketsDir: `${dir}/sockets`,
    recoveringDir: `${dir}/recovering`,
    lastServerFile: `${dir}/last-server.json`,
    crashesDir: `${dir}/crashes`,
    earlySettingsDir: `${dir}/early`,
    outputDir: `${dir}/output`,
    databasesDir: `${dir}/databases`,
    kitchenDir: `${dir}/kitchen`,
    pluginDir: `${dir}/plugin`,
    hooksFile: `${dir}/plugin/hooks/hooks.json`,
  };
}
