import { chmodSync, chownSync, existsSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  fallbackStateDir,
  type StateSurroundings,
  whyFallback,
} from '../../../src/services/state/fallback-state-dir.ts';
import { tempFolder } from '../../doubles/temp-folder.ts';
import { isRoot, nobody } from '../../support/bound-user.ts';

const uid = process.getuid?.() ?? 0;

/** A user without a writable home: a file is where it must be. */
function aUser() {
  const dir = tempFolder();
  const [homeDir, tempDir, runDir, runtimeDir] = [`${dir}/home`, `${dir}/tmp`, `${dir}/run`, `${dir}/run/${uid}`];
  writeFileSync(homeDir, '');
  mkdirSync(tempDir);
  chmodSync(tempDir, 0o1777);
  mkdirSync(runDir);
  const surroundings: StateSurroundings = { env: {}, homeDir, uid, tempDir, runDir };
  return {
    dir,
    tempDir,
    runtimeDir,
    inTemp: `${tempDir}/.maitred-${uid}`,
    surroundings,
    fallback: (env: StateSurroundings['env'] = {}) => fallbackStateDir({ ...surroundings, env }),
  };
}

function makePrivate(path: string): string {
  mkdirSync(path, { mode: 0o700 });
  return path;
}

/** As a server leaves it. */
function plantState(dir: string): void {
  makePrivate(dir);
  writeFileSync(`${dir}/format`, '2\n');
}

describe('the state folder of a user whose usual one cannot be written', () => {
  it('is the usual one where that can be made', () => {
    const { dir, surroundings, inTemp } = aUser();
    expect(fallbackStateDir({ ...surroundings, homeDir: `${dir}/new-home` })).toBeNull();
    expect(existsSync(inTemp)).toBe(false);
  });

  it('is in the runtime folder, with and without its variable', () => {
    const { dir, fallback, runtimeDir } = aUser();
    const own = makePrivate(`${dir}/own`);
    expect(fallback({ XDG_RUNTIME_DIR: own })).toBe(`${own}/maitred`);
    makePrivate(runtimeDir);
    expect(fallback()).toBe(`${runtimeDir}/maitred`);
    expect(fallback({ XDG_RUNTIME_DIR: 'relative' })).toBe(`${runtimeDir}/maitred`);
  });

  it.each<[string, (path: string) => void]>([
    ['is missing', () => undefined],
    ['is a file', (path) => writeFileSync(path, '')],
    ['is open to others', (path) => chmodSync(makePrivate(path), 0o755)],
    ['is a link', (path) => symlinkSync(makePrivate(`${path}-target`), path)],
  ])('is a private folder in the temp folder if the runtime folder %s', (_, make) => {
    const { fallback, runtimeDir, inTemp } = aUser();
    make(runtimeDir);
    expect(fallback()).toBe(inTemp);
    expect(statSync(inTemp).mode & 0o777).toBe(0o700);
    expect(fallback()).toBe(inTemp);
  });

  it.each<[string, (path: string) => void]>([
    ['a link', (path) => symlinkSync(makePrivate(`${path}-target`), path)],
    ['a file', (path) => writeFileSync(path, '')],
    ['a folder that is open to others', (path) => chmodSync(makePrivate(path), 0o770)],
    ...(isRoot
      ? [['a folder of somebody else', (path: string) => chownSync(makePrivate(path), nobody, nobody)] as const]
      : []),
  ] as [string, (path: string) => void][])('is nowhere if %s has its name in the temp folder', (_, make) => {
    const { fallback, inTemp } = aUser();
    make(inTemp);
    expect(fallback()).toBeNull();
  });

  it('is nowhere if others could replace a folder in the temp folder', () => {
    const { fallback, tempDir, inTemp } = aUser();
    chmodSync(tempDir, 0o777);
    expect(fallback()).toBeNull();
    expect(existsSync(inTemp)).toBe(false);
    plantState(inTemp);
    expect(fallback()).toBeNull();
  });

  it('is the one that is in use already, also for a program with other variables', () => {
    const { dir, fallback, inTemp } = aUser();
    plantState(inTemp);
    expect(fallback({ XDG_RUNTIME_DIR: makePrivate(`${dir}/own`) })).toBe(inTemp);
  });

  it('is explained, unless somebody chose it', () => {
    const { surroundings, inTemp, dir } = aUser();
    expect(whyFallback(inTemp, surroundings)).toBe(
      `${dir}/home/.local/state/maitred cannot be written (ENOTDIR), so ${inTemp} is used, which a restart of the machine may remove: give this user access to it, or set MAITRED_STATE_DIR to a folder that stays`,
    );
    expect(whyFallback(`${dir}/chosen`, surroundings)).toBeNull();
    expect(whyFallback(inTemp, { ...surroundings, homeDir: `${dir}/new-home` })).toBeNull();
  });
});
