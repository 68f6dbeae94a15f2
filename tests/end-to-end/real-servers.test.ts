import { join } from 'node:path';
import { describe, inject, it } from 'vitest';
import { everythingScript } from '../support/everything-script.ts';
import { filesystemScript, writeFilesForFilesystem } from '../support/filesystem-script.ts';
import { installedServer } from '../support/installed-server.ts';
import { expectSameThrough } from '../support/server-comparison.ts';

/** Its first answers come from the server: nothing is cached in a new home. */
const launcher = (): readonly string[] => [process.execPath, join(inject('programDir'), 'maitred.js'), 'wrap', '--'];

describe('A client sees the same of', () => {
  it('server-everything', () =>
    expectSameThrough(launcher(), everythingScript, { command: () => installedServer('everything', 'stdio') }));

  it('server-filesystem', () =>
    expectSameThrough(launcher(), filesystemScript, {
      command: (dir) => installedServer('filesystem', `${dir}/second`),
      prepare: writeFilesForFilesystem,
    }));
});
