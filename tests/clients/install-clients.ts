import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import type { TestProject } from 'vitest/node';

/** The versions are those of the table in src/domain/known-clients.ts. */
const packages = {
  claude: { name: '@anthropic-ai/claude-code', version: '2.1.332' },
  codex: { name: '@openai/codex', version: '0.171.0' },
  gemini: { name: '@google/gemini-cli', version: '0.61.0' },
  opencode: { name: 'opencode-ai', version: '1.18.33' },
} as const;

/** The program of a client. */
export type ClientProgram = keyof typeof packages;

/** The path of a program, or why it could not be installed. */
export type Installation = { readonly file: string } | { readonly problem: string };

declare module 'vitest' {
  export interface ProvidedContext {
    clients: Readonly<Record<ClientProgram, Installation>>;
  }
}

/**
 * Installs the clients into a temporary folder. They have a gigabyte, so they are not dependencies. `MAITRED_CLAUDE`, `MAITRED_CODEX`,
 * `MAITRED_GEMINI` and `MAITRED_OPENCODE` name installed ones; with `MAITRED_CLIENTS=latest` the newest for this Node are installed.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dir = await mkdtemp(join(tmpdir(), 'maitred-clients-'));
  const [claude, codex, gemini, opencode] = await Promise.all([
    install('claude', dir),
    install('codex', dir),
    install('gemini', dir),
    install('opencode', dir),
  ]);
  project.provide('clients', { claude, codex, gemini, opencode });
  return () => rm(dir, { recursive: true, force: true });
}

async function install(program: ClientProgram, dir: string): Promise<Installation> {
  const given = process.env[`MAITRED_${program.toUpperCase()}`];
  if (given) return { file: given };
  const { name, version } = packages[program];
  const spec = `${name}@${process.env.MAITRED_CLIENTS || version}`;
  const prefix = join(dir, program);
  const installed = await execa('npm', ['install', '--prefix', prefix, '--no-audit', '--no-fund', spec], {
    timeout: 600_000,
    reject: false,
  });
  if (!installed.failed) return { file: join(prefix, 'node_modules/.bin', program) };
  const [reason = installed.shortMessage] = /^npm error .*$/m.exec(installed.stderr) ?? [];
  return { problem: `${spec} could not be installed: ${reason}` };
}
