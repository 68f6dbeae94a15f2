import { describe, expect, it } from 'vitest';
import { stateDirFrom, stateDirIn, userConfigFileFrom } from '../../src/domain/state-folder.ts';

const home = '/home/someone';

describe('The state folder', () => {
  it.each([
    [{}, '/home/someone/.local/state/maitred'],
    [{ XDG_STATE_HOME: '/x' }, '/x/maitred'],
    [{ XDG_STATE_HOME: 'x' }, '/home/someone/.local/state/maitred'],
    [{ XDG_STATE_HOME: '~/x' }, '/home/someone/.local/state/maitred'],
    [{ MAITRED_STATE_DIR: '/s', XDG_STATE_HOME: '/x' }, '/s'],
    [{ MAITRED_STATE_DIR: '', XDG_STATE_HOME: '/x' }, '/x/maitred'],
    [{ MAITRED_STATE_DIR: '~/s' }, '/home/someone/s'],
  ])('of %o is %s', (env, dir) => {
    expect(stateDirFrom(env, home)).toBe(dir);
    expect(stateDirIn(env, home)).toBe(dir);
  });

  it.each(['state', './state', '../state', '~other/state', ' /state'])(
    'is refused where it is relative: %s',
    (given) => {
      const env = { MAITRED_STATE_DIR: given };
      expect(() => stateDirFrom(env, home)).toThrow(`MAITRED_STATE_DIR is "${given}": give an absolute path`);
      expect(stateDirIn(env, home)).toBeUndefined();
    },
  );

  it.each(['~', '~/', '/home/someone', '/home/someone/', '~/s/..', '/', '//'])(
    'is refused where it would mix with files of others: %s',
    (given) => {
      const env = { MAITRED_STATE_DIR: given };
      expect(() => stateDirFrom(env, home)).toThrow(`MAITRED_STATE_DIR is "${given}": give an absolute path`);
      expect(stateDirIn(env, home)).toBeUndefined();
    },
  );
});

it("The user's configuration is not looked for in a relative XDG_CONFIG_HOME", () => {
  expect(userConfigFileFrom({ XDG_CONFIG_HOME: 'x' }, home)).toBe(`${home}/.config/maitred/config.yaml`);
  expect(userConfigFileFrom({ XDG_CONFIG_HOME: '/x' }, home)).toBe('/x/maitred/config.yaml');
});
