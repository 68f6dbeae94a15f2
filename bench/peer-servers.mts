import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';

/** A server that people use, from npm. */
export interface PeerServer {
  readonly name: string;
  readonly version: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** The newest versions on 2026-11-30, without what reports their use. */
export const peerServers: readonly PeerServer[] = [
  { name: '@modelcontextprotocol/server-everything', version: '2026.8.31', args: ['stdio'], env: {} },
  { name: '@modelcontextprotocol/server-filesystem', version: '2026.8.31', args: ['.'], env: {} },
  { name: '@playwright/mcp', version: '0.0.83', args: ['--headless', '--isolated'], env: {} },
  {
    name: 'chrome-devtools-mcp',
    version: '1.11.0',
    args: ['--headless', '--isolated', '--no-usage-statistics'],
    env: { CHROME_DEVTOOLS_MCP_NO_UPDATE_CHECKS: '1' },
  },
  { name: '@upstash/context7-mcp', version: '4.1.1', args: [], env: {} },
];

/** Installs them below a folder. They have a hundred megabytes, so they are not dependencies. @returns the `node_modules` folder */
export async function installPeerServers(dir: string): Promise<string> {
  const specs = peerServers.map(({ name, version }) => `${name}@${version}`);
  // Install scripts download browsers.
  await execa('npm', ['install', '--prefix', dir, '--ignore-scripts', '--no-audit', '--no-fund', ...specs], {
    timeout: 600_000,
  });
  return join(dir, 'node_modules');
}

/** The file that `npx` runs, in a `node_modules` folder. */
export function programOf({ name, version }: PeerServer, modulesDir: string): string {
  const packageDir = join(modulesDir, name);
  const { version: installed, bin } = JSON.parse(readFileSync(join(packageDir, 'package.json'), 'utf8')) as {
    version: string;
    bin: Readonly<Record<string, string>>;
  };
  if (installed !== version) throw new Error(`${name} is ${installed}, not ${version}`);
  return join(packageDir, Object.values(bin)[0] ?? '');
}
