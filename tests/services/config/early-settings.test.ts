import { mkdirSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type ConfigSources,
  configEnvName,
  defaultEarlySettings,
  earlyEnvValues,
} from '../../../src/domain/early-settings.ts';
import { earlySettingsOf, readConfiguredEarlySettings } from '../../../src/services/config/read-early-settings.ts';
import { type FileAccess, nodeFileAccess } from '../../../src/services/yaml/read-text-file.ts';
import { errorOf, makeProject, read } from './config-project.ts';

const everyEarlySettingKey = `
logging: { level: error, json_output: true, file: false }
kitchen: { visibility: always }
subsets: { disabled: [git] }
readiness: { wait_seconds: 1.5 }
shutdown: { drain_ms: 2 }
wire: { max_message_mib: 3, max_in_flight: 4, max_waiting: 5 }
`;

const everyEarlySetting = {
  logLevel: 'ERROR',
  logJsonOutput: true,
  logFile: false,
  visibility: 'always',
  disabledSubsets: ['git'],
  readinessWaitSeconds: 1.5,
  drainMs: 2,
  maxMessageMib: 3,
  maxInFlight: 4,
  maxWaiting: 5,
};

describe('the early settings', () => {
  it('are the defaults where nothing is set', () => {
    expect(readConfiguredEarlySettings(makeProject())).toEqual({ settings: defaultEarlySettings, fault: null });
  });

  it('have every key in its field', () => {
    const sources = makeProject({ project: everyEarlySettingKey });
    expect(readConfiguredEarlySettings(sources)).toEqual({ settings: everyEarlySetting, fault: null });
    expect(earlySettingsOf(read(sources).config)).toEqual(everyEarlySetting);
  });

  it('follow the environment and the flags', () => {
    const sources = makeProject({
      project: everyEarlySettingKey,
      env: { MAITRED_SHUTDOWN__DRAIN_MS: '7', MAITRED_KITCHEN__VISIBILITY: 'gated' },
      flags: { 'kitchen.visibility': 'auto' },
    });
    expect(readConfiguredEarlySettings(sources).settings).toEqual({
      ...everyEarlySetting,
      drainMs: 7,
      visibility: 'auto',
    });
  });

  it('come as defaults with the fault that the whole configuration has', () => {
    const sources = makeProject({ project: 'logging:\n  level: ERROR\n  levle: x\n' });
    const { code, message, details } = errorOf(sources);
    expect(readConfiguredEarlySettings(sources)).toEqual({
      settings: defaultEarlySettings,
      fault: { code, message, details },
    });
  });

  it('do not open the secrets file, which the whole configuration rejects', () => {
    const sources = makeProject({ secrets: 'logging: { level: ERROR }' });
    const opened: string[] = [];
    const files: FileAccess = {
      stat: (path) => {
        opened.push(path);
        return nodeFileAccess.stat(path);
      },
      readFile: (path) => {
        opened.push(path);
        return nodeFileAccess.readFile(path);
      },
    };
    expect(readConfiguredEarlySettings(sources, files)).toEqual({ settings: defaultEarlySettings, fault: null });
    expect(opened).not.toContain(sources.secretsFile);
    expect(errorOf(sources).message).toContain(sources.secretsFile);
  });

  it('validate only their own variables; the rest is left to the whole configuration', () => {
    const stray = makeProject({ env: { MAITRED_NO__SUCH: '1', MAITRED_WORKSPACE__ROOTS: 'relative' } });
    expect(readConfiguredEarlySettings(stray).fault).toBeNull();
    expect(errorOf(stray).message.split('\n')).toHaveLength(2);
    const bad = makeProject({ env: { MAITRED_LOGGING__LEVEL: 'loud' } });
    expect(readConfiguredEarlySettings(bad).fault?.message).toMatch(
      /^MAITRED_LOGGING__LEVEL: logging\.level is "loud"/,
    );
  });

  it('never throw, for any content of the files', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[\][{}:*&!?|>%@`'"\-,# \n\ta-c~]*$/)),
        (text) => {
          const files: FileAccess = {
            stat: () => ({ isFile: () => true, isDirectory: () => false, size: 0, mode: 0o600 }),
            readFile: () => Buffer.from(text),
          };
          const reading = readConfiguredEarlySettings(fixedSources, files);
          expect(reading.fault?.code ?? 'invalid_input').toBe('invalid_input');
          if (reading.fault !== null) expect(reading.fault.message).toMatch(/^\/[up]:[1-9]\d*:[1-9]\d*: ./);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('come with a fault if a folder is in place of a file', () => {
    const sources = makeProject();
    mkdirSync(sources.projectFile);
    expect(readConfiguredEarlySettings(sources).fault?.message).toMatch(`${sources.projectFile}:1:1: this is a folder`);
  });
});

const fixedSources: ConfigSources = {
  projectDir: '/',
  userFile: '/u',
  projectFile: '/p',
  secretsFile: '/s',
  env: {},
  flags: {},
};

describe('the variables of the early settings', () => {
  it('are named by section and key', () => {
    expect(configEnvName('wire.max_message_mib')).toBe('MAITRED_WIRE__MAX_MESSAGE_MIB');
  });

  it('are taken from the environment if they are set, even to an empty text', () => {
    const env = {
      MAITRED_LOGGING__LEVEL: '',
      MAITRED_WIRE__MAX_WAITING: undefined,
      MAITRED_WORKSPACE__ROOTS: '/x',
      MAITRED_STATE_DIR: '/x',
      PATH: '/',
    };
    expect(earlyEnvValues(env)).toEqual({ MAITRED_LOGGING__LEVEL: '' });
  });
});
