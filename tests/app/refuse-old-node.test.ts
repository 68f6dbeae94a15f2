import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { refuseOldNode } from '../../src/app/refuse-old-node.ts';

const start = (node: string) => () => refuseOldNode({ versions: { node }, execPath: '/usr/bin/node' });

describe('a Node', () => {
  it.each(['8.17.0', '18.20.8', '19.9.0', '20.0.0', '20.18.3'])('of version %s is refused by name', (version) => {
    expect(start(version)).toThrow(
      `Node ${version} (/usr/bin/node) is too old: install Node 20.19 or newer, and start maitred with it.`,
    );
  });

  it.each(['20.19.0', '20.20.2', '21.0.0', '22.1.0', '100.0.0', '25.0.0-nightly2025'])(
    'of version %s is taken',
    (version) => {
      expect(start(version)).not.toThrow();
    },
  );

  it('is refused where npm would warn too', () => {
    const { engines } = JSON.parse(readFileSync('package.json', 'utf8')) as { engines: { node: string } };
    expect(engines.node).toBe('>=20.19');
  });
});
