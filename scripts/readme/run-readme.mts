import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { execa } from 'execa';
import { printsAsShown, readCommands, type ShownCommand } from './read-commands.mts';

/**
 * Runs every command of the README as a new user would, in order, in a home of its own: from the clone, or from the folder to which the README
 * has gone. `npm ci` and `npm test` have run before. Programs that the machine may not have are stubs, which do with maitred what the real ones do.
 */
const cloneDir = resolve('.');
const stubsDir = resolve('scripts/readme/stubs');
const stubs = {
  claude: 'client.mts',
  codex: 'client.mts',
  gemini: 'client.mts',
  opencode: 'client.mts',
  npx: 'npx.mts',
  'xdg-open': 'xdg-open.mts',
};
const timeLimitMs = 120_000;

const dir = mkdtempSync(join(tmpdir(), 'maitred-readme-'));
const home = join(dir, 'home');
const bin = join(dir, 'bin');
const prefix = join(dir, 'prefix');
const projectDir = join(home, 'shop');
for (const made of [home, bin, prefix, projectDir]) mkdirSync(made);
for (const [name, file] of Object.entries(stubs)) {
  const stub = join(bin, name);
  writeFileSync(stub, `#!/bin/sh\nexec "${resolve('node_modules/.bin/tsx')}" "${join(stubsDir, file)}" "$@"\n`);
  chmodSync(stub, 0o755);
}
writeFileSync(join(projectDir, 'package.json'), '{ "scripts": { "test": "node --test" } }\n');
writeFileSync(join(projectDir, 'shop.test.js'), "require('node:test')('adds', () => {});\n");

/** Besides these, the environment is that of the caller, as for the `npm ci` before it: npm may need it to find its registry. */
const env = {
  HOME: home,
  XDG_STATE_HOME: undefined,
  XDG_CONFIG_HOME: undefined,
  MAITRED_STATE_DIR: undefined,
  PATH: [bin, join(prefix, 'bin'), process.env.PATH].join(delimiter),
  npm_config_userconfig: process.env.npm_config_userconfig ?? join(homedir(), '.npmrc'),
  npm_config_cache: process.env.npm_config_cache ?? join(homedir(), '.npm'),
  npm_config_prefix: prefix,
  npm_config_update_notifier: 'false',
  LANG: 'C.UTF-8',
};

/** What is run of a command; null: it has run before. */
const toRun = ({ command }: ShownCommand): string | null =>
  command.includes('npm test') ? null : command.replace(/^npm ci && /, '');

/** It runs until it is interrupted. */
const isLifelong = (command: string) => command.startsWith('maitred inspect');

async function runShown(command: string, cwd: string): Promise<{ readonly printed: string; readonly cwd: string }> {
  const script = `cd '${cwd}' && { ${command}\n} && pwd >&3`;
  const run = execa('bash', ['-c', script], {
    env,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    timeout: timeLimitMs,
    reject: false,
    detached: true,
  });
  if (isLifelong(command)) run.stdout.once('data', () => process.kill(-(run.pid ?? 0), 'SIGINT'));
  const { exitCode, stdout, stderr, stdio } = await run;
  const hasEnded = exitCode === 0 || (isLifelong(command) && exitCode === 130);
  if (!hasEnded) throw new Error(`exit code ${exitCode}\n${stdout}\n${stderr}`);
  return { printed: stdout, cwd: String(stdio[3] ?? '').trim() || cwd };
}

let cwd = cloneDir;
try {
  for (const shown of readCommands(readFileSync('README.md', 'utf8'))) {
    const command = toRun(shown);
    if (command === null) continue;
    process.stdout.write(`README.md:${shown.line}: ${command}\n`);
    const run = await runShown(command.startsWith('npm ') ? `cd '${cloneDir}' && ${command}` : command, cwd);
    if (!command.startsWith('npm ')) ({ cwd } = run);
    if (shown.output !== null && !printsAsShown(shown.output, run.printed))
      throw new Error(`README.md:${shown.line} shows\n${shown.output}\nbut the command prints\n${run.printed}`);
  }
} finally {
  rmSync(dir, { recursive: true, force: true });
}
