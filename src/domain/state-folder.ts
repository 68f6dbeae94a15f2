import { resolve } from 'node:path';
import { AppError } from './app-error.ts';
import { encodeJson } from './encode-json.ts';

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
  /** One folder per agent session that has not settled, `<server id>.<number>`. */
  readonly agentSessionsDir: string;
  /** Contains an ISO timestamp: failures before it are forgotten. */
  readonly clearedAtFile: string;
  /** The same for tokens. */
  readonly tokensClearedAtFile: string;
  /** The same for the times of steps. */
  readonly timingClearedAtFile: string;
  /** What the API said about limits on the rate of requests, a JSON object a line. */
  readonly quotaEventsFile: string;
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
  /** One folder per recipe run, `<run id>`. */
  readonly runsDir: string;
  /** What wrapped commands have answered, as `<key>.json`. */
  readonly handshakesDir: string;
  /** The plugin for Claude Code, and the marketplace that offers it. `maitred` writes everything in it. */
  readonly pluginDir: string;
  readonly hooksFile: string;
}

type Env = Readonly<Record<string, string | undefined>>;

const absolute = (path: string | undefined): string | undefined => (path?.startsWith('/') ? path : undefined);

/** `$XDG_STATE_HOME/maitred`, else `~/.local/state/maitred`. Relative XDG paths are ignored, as its standard requires. */
export const usualStateDir = (env: Env, homeDir: string): string =>
  `${absolute(env.XDG_STATE_HOME) ?? `${homeDir}/.local/state`}/maitred`;

/**
 * `$MAITRED_STATE_DIR`, where a leading `~/` is the home; else the usual one. undefined: it is relative, and would be another folder for each
 * working folder; or it is the home or the root, where folders of the same names are not ours, and expired files in them would be removed.
 */
export function stateDirIn(env: Env, homeDir: string): string | undefined {
  if (!env.MAITRED_STATE_DIR) return usualStateDir(env, homeDir);
  const dir = absolute(env.MAITRED_STATE_DIR.replace(/^~(?=\/)/, homeDir));
  return dir === undefined || ['/', resolve(homeDir)].includes(resolve(dir)) ? undefined : dir;
}

/** The same. @throws AppError `invalid_input` */
export function stateDirFrom(env: Env, homeDir: string): string {
  const dir = stateDirIn(env, homeDir);
  if (dir !== undefined) return dir;
  const given = encodeJson(env.MAITRED_STATE_DIR);
  throw new AppError(
    'invalid_input',
    `MAITRED_STATE_DIR is ${given}: give an absolute path, or one that begins with ~/, of a folder that is maitred's alone`,
  );
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
    agentSessionsDir: `${dir}/agent-sessions`,
    clearedAtFile: `${logsDir}/.telemetry_cleared_at`,
    tokensClearedAtFile: `${logsDir}/.tokens_cleared_at`,
    timingClearedAtFile: `${logsDir}/.timing_cleared_at`,
    quotaEventsFile: `${logsDir}/quota_events.jsonl`,
    serversDir: `${dir}/servers`,
    socketsDir: `${dir}/sockets`,
    recoveringDir: `${dir}/recovering`,
    lastServerFile: `${dir}/last-server.json`,
    crashesDir: `${dir}/crashes`,
    earlySettingsDir: `${dir}/early`,
    outputDir: `${dir}/output`,
    databasesDir: `${dir}/databases`,
    kitchenDir: `${dir}/kitchen`,
    runsDir: `${dir}/runs`,
    handshakesDir: `${dir}/handshakes`,
    pluginDir: `${dir}/plugin`,
    hooksFile: `${dir}/plugin/hooks/hooks.json`,
  };
}
