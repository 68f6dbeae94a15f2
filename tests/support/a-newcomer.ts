import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, inject } from 'vitest';
import { stateFolderAt } from '../../src/domain/state-folder.ts';
import { tempFolder } from '../doubles/temp-folder.ts';
import { git } from './a-git-project.ts';
import type { World } from './spawned-server.ts';

/** A repository with tests and without maitred, of a user whose shell finds maitred by its name. */
export function aNewcomer(): World {
  const dir = tempFolder();
  const projectDir = join(dir, 'a project');
  const homeDir = join(dir, 'home');
  const stateFolder = stateFolderAt(join(dir, "the user's state"));
  mkdirSync(homeDir);
  mkdirSync(projectDir);
  git(projectDir, 'init', '--quiet');
  appendFileSync(join(projectDir, '.git', 'config'), '[remote "origin"]\n  url = git@github.com:acme/shop.git\n');
  writeFileSync(join(projectDir, 'package.json'), '{"scripts": {"test": "vitest run"}}');
  mkdirSync(join(dir, 'bin'));
  symlinkSync(join(inject('programDir'), 'maitred.js'), join(dir, 'bin', 'maitred'));
  const env = { PATH: `${join(dir, 'bin')}:${process.env.PATH}`, HOME: homeDir, MAITRED_STATE_DIR: stateFolder.dir };
  return { projectDir, homeDir, stateFolder, env };
}

export const inProject = (world: World, name: string) => join(world.projectDir, '.maitred', name);
export const readInProject = (world: World, name: string) => readFileSync(inProject(world, name), 'utf8');
export const filesIn = (dir: string) =>
  existsSync(dir)
    ? readdirSync(dir, { recursive: true, encoding: 'utf8' })
        .filter((name) => !statSync(join(dir, name)).isDirectory())
        .sort()
    : [];

export const projectFiles = ['.gitignore', '.secrets.yaml', 'config.schema.json', 'config.yaml', 'temp/.gitignore'];
export const pluginFiles = [
  '.claude-plugin/marketplace.json',
  '.claude-plugin/plugin.json',
  '.mcp.json',
  'hooks/hooks.json',
  'skills/close-kitchen/SKILL.md',
  'skills/open-kitchen/SKILL.md',
];

export function expectNothingWritten({ projectDir, stateFolder }: World): void {
  expect(readdirSync(projectDir).sort()).toEqual(['.git', 'package.json']);
  expect(existsSync(stateFolder.dir)).toBe(false);
}
