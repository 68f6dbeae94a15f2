import { describe, expect, it } from 'vitest';
import { agentEnvironment } from '../../../src/services/agents/agent-environment.ts';

const namesOf = (env: Readonly<Record<string, string>>, passed: readonly string[] = []) =>
  Object.keys(agentEnvironment(env, { passed, stepName: '', ghConfigDir: '/none' })).sort();
const own = ['GH_CONFIG_DIR', 'MAITRED_HEADLESS'];
const all = (...names: readonly string[]) => Object.fromEntries(names.map((name) => [name, 'x']));

describe('the environment of an agent', () => {
  it('has what programs and builds need, and how the model is reached', () => {
    const names = [
      ...['ANTHROPIC_API_KEY', 'ANTHROPIC_BASE_URL', 'CLAUDE_CODE_MAX_RETRIES', 'CLAUDE_CONFIG_DIR', 'GIT_AUTHOR_NAME'],
      ...[
        'GOPATH',
        'HOME',
        'HTTPS_PROXY',
        'LC_ALL',
        'MAITRED_STATE_DIR',
        'NVM_DIR',
        'PATH',
        'XDG_CONFIG_HOME',
        'no_proxy',
      ],
    ];
    expect(namesOf(all(...names))).toEqual([...names, ...own].sort());
  });

  it('has nothing else of the server’s own', () => {
    const names = [
      'DATABASE_URL',
      'NPM_TOKEN',
      'OPENAI_API_KEY',
      'SSH_AUTH_SOCK',
      'PATHS',
      'MY_HOME',
      'MAITRED_GITHUB__TOKEN',
    ];
    expect(namesOf(all(...names))).toEqual(own);
  });

  it('has what the person lets through', () => {
    expect(namesOf(all('DATABASE_URL', 'NPM_TOKEN'), ['DATABASE_URL'])).toEqual(['DATABASE_URL', ...own]);
  });

  it('never has a token for GitHub, or a variable that ties git to a repository or maitred to a scenario, also not if they are let through', () => {
    const names = [
      'GITHUB_TOKEN',
      'GH_TOKEN',
      'GH_ENTERPRISE_TOKEN',
      'GIT_DIR',
      'GIT_INDEX_FILE',
      'GIT_CONFIG_KEY_0',
      'MAITRED_RECORD_SCENARIO',
    ];
    expect(namesOf(all(...names), names)).toEqual(own);
  });

  it('has no login of gh, unless the person lets it through', () => {
    const env = { GH_CONFIG_DIR: '/home/user/.config/gh' };
    const options = { stepName: '', ghConfigDir: '/session/gh' };
    expect(agentEnvironment(env, { ...options, passed: [] })).toMatchObject({ GH_CONFIG_DIR: '/session/gh' });
    const withoutFolder = agentEnvironment(env, { ...options, ghConfigDir: '', passed: [] });
    expect(withoutFolder).toMatchObject({ GH_CONFIG_DIR: '/nonexistent' });
    expect(agentEnvironment(env, { ...options, passed: ['GH_CONFIG_DIR'] })).toMatchObject(env);
    expect(agentEnvironment({}, { ...options, passed: ['GH_CONFIG_DIR'] })).not.toHaveProperty('GH_CONFIG_DIR');
  });

  it('has nothing of the session of Claude Code that started the server', () => {
    const names = [
      ...['CLAUDECODE', 'CLAUDE_PID', 'CLAUDE_CODE_SSE_PORT', 'CLAUDE_CODE_IDE_HOST', 'CLAUDE_CODE_SESSION_ID'],
      ...['CLAUDE_CODE_MESSAGING_TOKEN', 'CLAUDE_CODE_MESSAGING_SOCKET', 'CLAUDE_CODE_CHILD_NOTES_DIR'],
      ...[
        'CLAUDE_CODE_ENTRYPOINT',
        'CLAUDE_CODE_PLUGIN_DIRS',
        'VSCODE_GIT_ASKPASS_MAIN',
        'CURSOR_TRACE_ID',
        'ZED_TERM',
      ],
      ...['ENABLE_IDE_INTEGRATION', 'CLAUDE_CODE_WEBSOCKET_AUTH_FILE_DESCRIPTOR', 'SCENARIO_STEP_NAME'],
    ];
    expect(namesOf(all(...names))).toEqual(own);
  });

  it.each([
    ['CLAUDE_CODE_USE_BEDROCK', 'AWS_PROFILE'],
    ['CLAUDE_CODE_USE_VERTEX', 'GOOGLE_APPLICATION_CREDENTIALS'],
    ['CLAUDE_CODE_USE_FOUNDRY', 'AZURE_CLIENT_ID'],
  ])('has the keys of a cloud only if %s asks for it', (flag, key) => {
    expect(namesOf({ [flag]: '1', [key]: 'x' })).toContain(key);
    expect(namesOf({ [flag]: '0', [key]: 'x' })).not.toContain(key);
    expect(namesOf({ [key]: 'x' })).toEqual(own);
  });

  it('says that nobody reads along, and which step it is', () => {
    const env = agentEnvironment({ MAITRED_HEADLESS: '0' }, { passed: [], stepName: 'plan', ghConfigDir: '/none' });
    expect(env).toEqual({ MAITRED_HEADLESS: '1', SCENARIO_STEP_NAME: 'plan', GH_CONFIG_DIR: '/none' });
  });
});
