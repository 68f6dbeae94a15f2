import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { stateFolderAt } from '../../../src/domain/state-folder.ts';
import type { UpstreamHandshake } from '../../../src/domain/upstream-handshake.ts';
import type { HandshakeFile } from '../../../src/services/handshake-cache/read-handshake.ts';

const initialize = {
  protocolVersion: '2025-11-25',
  serverInfo: { name: 'shop', version: '1.2.0' },
  capabilities: { tools: {} },
};

export interface Planted {
  readonly key: string;
  readonly command?: string;
  readonly handshake?: Partial<UpstreamHandshake>;
  readonly ageMs?: number;
}

/** Writes a cached handshake as the cache does, and returns the path of its file. */
export function plantHandshake(stateDir: string, planted: Planted): string {
  const { key, ageMs = 0 } = planted;
  const path = plantFile(stateDir, `${key}.json`, JSON.stringify(fileOf(planted)));
  const savedAt = new Date(Date.now() - ageMs);
  utimesSync(path, savedAt, savedAt);
  return path;
}

function fileOf({ key, command = 'npx -y shop-server', handshake, ageMs = 0 }: Planted): HandshakeFile {
  const whole = { lists: {}, ...handshake, initialize: { ...initialize, ...handshake?.initialize } };
  return {
    formatVersion: 1,
    key,
    identity: ['folder:/home/me/project'],
    client: 'claude-code',
    protocolVersion: String(whole.initialize.protocolVersion),
    savedAtMs: Date.now() - ageMs,
    command,
    handshake: whole,
  };
}

export function plantFile(stateDir: string, name: string, content: string): string {
  const dir = stateFolderAt(stateDir).handshakesDir;
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  writeFileSync(`${dir}/${name}`, content, { mode: 0o600 });
  return `${dir}/${name}`;
}
