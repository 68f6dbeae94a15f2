import { isRepositoryVariable } from '../../domain/repository-variables.ts';
import { isScenarioVariable } from '../../domain/scenario/scenario-variables.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export interface AgentEnvironmentOptions {
  /** Names of more variables that the person lets through. */
  readonly passed: readonly string[];
  /** Of the recipe; empty for none. */
  readonly stepName: string;
  /** A folder without a login of gh, which need not exist; empty: one that does not. gh takes an empty variable for its usual folder. */
  readonly ghConfigDir: string;
}

/** A prefix ends with `*`. */
type Names = readonly string[];

const usual: Names = [
  ...['PATH', 'HOME', 'USER', 'LOGNAME', 'SHELL', 'TERM', 'LANG', 'LANGUAGE', 'LC_*', 'TZ', 'TMPDIR', 'XDG_*'],
  ...['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'ALL_PROXY', 'http_proxy', 'https_proxy', 'no_proxy', 'all_proxy'],
  ...['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'SSL_CERT_DIR', 'CURL_CA_BUNDLE', 'REQUESTS_CA_BUNDLE', 'GIT_SSL_CAINFO'],
  ...['GIT_AUTHOR_*', 'GIT_COMMITTER_*', 'MAITRED_STATE_DIR'],
];

const ofBuilds: Names = [
  ...['JAVA_HOME', 'ANDROID_HOME', 'MAVEN_OPTS', 'GRADLE_USER_HOME', 'SDKMAN_DIR'],
  ...[
    'GOPATH',
    'GOROOT',
    'GOCACHE',
    'GOMODCACHE',
    'GOPROXY',
    'GOFLAGS',
    'CARGO_HOME',
    'RUSTUP_HOME',
    'CARGO_TARGET_DIR',
  ],
  ...['NVM_DIR', 'FNM_DIR', 'VOLTA_HOME', 'PNPM_HOME', 'BUN_INSTALL', 'COREPACK_HOME', 'npm_config_cache', 'CI'],
  ...['VIRTUAL_ENV', 'CONDA_PREFIX', 'CONDA_DEFAULT_ENV', 'PYENV_ROOT', 'UV_CACHE_DIR', 'PIP_CACHE_DIR', 'POETRY_HOME'],
  ...['RBENV_ROOT', 'GEM_HOME', 'GEM_PATH', 'BUNDLE_PATH', 'ASDF_DIR', 'ASDF_DATA_DIR', 'MISE_DATA_DIR', 'NIX_PATH'],
  ...['CC', 'CXX', 'CFLAGS', 'CXXFLAGS', 'CPPFLAGS', 'LDFLAGS', 'LD_LIBRARY_PATH', 'PKG_CONFIG_PATH', 'MAKEFLAGS'],
  ...['DOTNET_ROOT', 'PLAYWRIGHT_BROWSERS_PATH', 'DOCKER_HOST'],
];

/** How Claude Code reaches its model and what it may do. IS_SANDBOX lets it run as root. */
const ofClaude: Names = [
  ...['ANTHROPIC_*', 'CLAUDE_CONFIG_DIR', 'CLAUDE_CODE_*', 'IS_SANDBOX', 'MAX_THINKING_TOKENS', 'API_TIMEOUT_MS'],
  ...['BASH_DEFAULT_TIMEOUT_MS', 'BASH_MAX_TIMEOUT_MS', 'MCP_TIMEOUT', 'MCP_TOOL_TIMEOUT'],
  ...['DISABLE_TELEMETRY', 'DISABLE_ERROR_REPORTING', 'DISABLE_PROMPT_CACHING*', 'DO_NOT_TRACK'],
];

/** Variables of a cloud pass only where Claude Code is told to reach its model there. */
const ofClouds: readonly (readonly [flag: string, names: Names])[] = [
  ['CLAUDE_CODE_USE_BEDROCK', ['AWS_*']],
  ['CLAUDE_CODE_USE_VERTEX', ['GOOGLE_*', 'GCLOUD_*', 'CLOUDSDK_*', 'CLOUD_ML_REGION', 'VERTEX_*']],
  ['CLAUDE_CODE_USE_FOUNDRY', ['AZURE_*']],
];

/** Of the session that has started the server: its editor, its id, its sockets, its plugins. */
const ofAnotherSession: Names = [
  ...['CLAUDE_CODE_SSE*', 'CLAUDE_CODE_IDE_*', 'CLAUDE_CODE_WEBSOCKET_AUTH_FILE_DESCRIPTOR', 'CLAUDE_CODE_MESSAGING_*'],
  ...['CLAUDE_CODE_SESSION_*', 'CLAUDE_CODE_CHILD_*', 'CLAUDE_CODE_LAUNCHED_BY_*', 'CLAUDE_CODE_ENTRYPOINT'],
  ...['CLAUDE_CODE_EXECPATH', 'CLAUDE_CODE_EXIT_AFTER_STOP_DELAY', 'CLAUDE_CODE_PLUGIN_DIRS'],
];

const gitHubTokens: Names = ['GITHUB_TOKEN', 'GH_TOKEN', 'GITHUB_ENTERPRISE_TOKEN', 'GH_ENTERPRISE_TOKEN'];

const isIn = (names: Names, name: string): boolean =>
  names.some((entry) => (entry.endsWith('*') ? name.startsWith(entry.slice(0, -1)) : name === entry));

const isSet = (value: string | undefined): boolean => value !== undefined && !['', '0', 'false'].includes(value);

/**
 * The environment of an agent, complete: what programs usually need, what reaches the model, and what the person lets through. It never holds a
 * token for GitHub, also not that of gh, nor a variable that ties git to a repository or maitred to a scenario.
 */
export function agentEnvironment(
  env: Environment,
  { passed, stepName, ghConfigDir }: AgentEnvironmentOptions,
): Readonly<Record<string, string>> {
  const clouds = ofClouds.flatMap(([flag, names]) => (isSet(env[flag]) ? names : []));
  const allowed = [...usual, ...ofBuilds, ...ofClaude, ...clouds];
  const passes = (name: string) =>
    !isIn(gitHubTokens, name) &&
    !isRepositoryVariable(name) &&
    !isScenarioVariable(name) &&
    (passed.includes(name) || (isIn(allowed, name) && !isIn(ofAnotherSession, name)));
  const inherited = Object.entries(env).flatMap(([name, value]) =>
    value !== undefined && passes(name) ? [[name, value] as const] : [],
  );
  return {
    ...Object.fromEntries(inherited),
    // Whoever passes GH_CONFIG_DIR lets the agent use the login of gh.
    ...(passed.includes('GH_CONFIG_DIR') ? {} : { GH_CONFIG_DIR: ghConfigDir || '/nonexistent' }),
    ...(stepName === '' ? {} : { SCENARIO_STEP_NAME: stepName }),
    MAITRED_HEADLESS: '1',
  };
}
