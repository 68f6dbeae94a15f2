import { execFileSync } from 'node:child_process';
import { appendFileSync, copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

const identity = ['-c', 'user.name=A Tester', '-c', 'user.email=tester@localhost', '-c', 'init.defaultBranch=main'];

/** Runs git in a folder, without the configuration of the user and the system. */
export function git(cwd: string, ...args: readonly string[]): string {
  const { PATH = '' } = process.env;
  const env = { PATH, HOME: '/nowhere', GIT_CONFIG_NOSYSTEM: '1' };
  return execFileSync('git', [...identity, ...args], { cwd, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Writes files into a repository and commits them. */
export function commit(repository: string, files: Readonly<Record<string, string>>, message = 'A change'): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(`${repository}/${name}`), { recursive: true });
    writeFileSync(`${repository}/${name}`, text);
  }
  git(repository, 'add', '--all');
  git(repository, 'commit', '--quiet', '--allow-empty', '--message', message);
}

/** Makes a folder a repository with a `main` branch, which a bare `origin` beside it has too. @returns the path of origin */
export function makeGitProject(projectDir: string): string {
  const origin = `${projectDir}-origin.git`;
  git(projectDir, 'init', '--quiet');
  writeFileSync(`${projectDir}/.gitignore`, '.maitred\n');
  commit(projectDir, { 'src/main.c': '', 'README.md': '' }, 'The beginning');
  // As after a push, which takes many more processes.
  git(projectDir, 'clone', '--quiet', '--bare', '.', origin);
  writeFileSync(`${origin}/config`, '[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = true\n');
  appendFileSync(
    `${projectDir}/.git/config`,
    `[remote "origin"]\n\turl = ${origin}\n\tfetch = +refs/heads/*:refs/remotes/origin/*\n[branch "main"]\n\tremote = origin\n\tmerge = refs/heads/main\n`,
  );
  mkdirSync(`${projectDir}/.git/refs/remotes/origin`, { recursive: true });
  copyFileSync(`${projectDir}/.git/refs/heads/main`, `${projectDir}/.git/refs/remotes/origin/main`);
  return origin;
}
