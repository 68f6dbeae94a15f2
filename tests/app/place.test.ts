import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { findPlace } from '../../src/app/place.ts';
import { refuseServeFlag } from '../../src/domain/refuse-serve-flag.ts';
import { parseServeFlags } from '../../src/domain/serve-flags.ts';
import { tempFolder } from '../doubles/temp-folder.ts';

interface Start {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Where a server works that is started in a folder, which is its home too. */
const placeOf = (dir: string, { args = [], env = {} }: Start) =>
  findPlace({ env, cwd: () => dir }, () => parseServeFlags(args, refuseServeFlag), dir);

describe('A server works', () => {
  it('in the project that its command line names, which may be relative', () => {
    const dir = tempFolder();
    mkdirSync(`${dir}/shop`);
    expect(placeOf(dir, { args: ['--project', 'shop'] })).toMatchObject({ projectDir: `${dir}/shop`, fault: null });
  });

  it.each([
    ['nowhere', 'does not exist: create it, or name another folder'],
    ['file', 'is not a folder that can be entered: name another folder'],
    ['file/below', 'does not exist: create it, or name another folder'],
  ])('nowhere, and says why and what to do, if its project is %s', (project, flaw) => {
    const dir = tempFolder();
    writeFileSync(`${dir}/file`, '');
    expect(placeOf(dir, { args: ['--project', project] }).fault).toEqual({
      code: 'invalid_input',
      message: `the project ${dir}/${project} ${flaw}`,
    });
    expect(existsSync(`${dir}/nowhere`)).toBe(false);
  });

  it('in the usual state folder, and says what is wrong, if MAITRED_STATE_DIR is relative', () => {
    const dir = tempFolder();
    mkdirSync(`${dir}/.maitred`);
    const { projectDir, stateFolder, fault } = placeOf(dir, { env: { MAITRED_STATE_DIR: 'state' } });
    expect(projectDir).toBe(dir);
    expect(stateFolder.dir).toBe(`${dir}/.local/state/maitred`);
    expect(fault).toEqual({
      code: 'invalid_input',
      message:
        'MAITRED_STATE_DIR is "state": give an absolute path, or one that begins with ~/, of a folder that is maitred\'s alone',
    });
  });
});
