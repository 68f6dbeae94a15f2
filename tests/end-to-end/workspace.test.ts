import { existsSync, readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect, test } from 'vitest';
import { git, makeGitProject } from '../support/a-git-project.ts';
import { leaveUntouched } from '../support/leave-untouched.ts';
import { recordedServerIds } from '../support/recorded-servers.ts';
import { runMaitred } from '../support/run-maitred.ts';
import { aWorld, spawnServer } from '../support/spawned-server.ts';

test('maitred workspace makes a run folder, and removes it and the worktrees once they are untouched for hours', async () => {
  const world = aWorld();
  const around = dirname(world.projectDir);
  makeGitProject(world.projectDir);
  const run = `${around}/maitred-runs/run`;
  const worktree = `${around}/worktrees/fix`;
  expect(await runMaitred(world, 'workspace', 'init', run)).toMatchObject({ code: 0, stdout: `${run}\n` });
  expect(readdirSync(run)).toEqual(['.maitred-workspace']);
  git(world.projectDir, 'worktree', 'add', '--quiet', '-b', 'fix', worktree);
  for (const path of [run, worktree]) leaveUntouched(path);
  const dry = await runMaitred(world, 'workspace', 'clean');
  expect(dry).toMatchObject({ code: 0, stderr: 'maitred: nothing has been removed; add --yes to remove it\n' });
  for (const path of [run, worktree]) expect(dry.stdout).toContain(`  ${path}: unchanged for 6 h`);
  const done = await runMaitred(world, 'workspace', 'clean', '--yes');
  expect(done).toMatchObject({ code: 0, stderr: '' });
  expect([run, worktree].filter((path) => existsSync(path))).toEqual([]);
});

test('maitred workspace keeps a run folder in which a server works', async () => {
  const world = aWorld();
  const run = `${dirname(world.projectDir)}/maitred-runs/run`;
  await runMaitred(world, 'workspace', 'init', run);
  leaveUntouched(run);
  const server = spawnServer({ world, args: ['--project', run] });
  await server.initialize();
  await server.callTool('kitchen_status');
  await expect.poll(() => recordedServerIds(world), { timeout: 15_000 }).toHaveLength(1);
  const { stdout } = await runMaitred(world, 'workspace', 'clean', '--yes');
  expect(stdout).toContain(`${run}: it is in use`);
  expect(readdirSync(run)).toEqual(['.maitred-workspace']);
});
