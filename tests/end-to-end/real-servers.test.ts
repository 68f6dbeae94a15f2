import { describe, it } from 'vitest';
import { everythingScript } from '../support/everything-script.ts';
import { filesystemScript, writeFilesForFilesystem } from '../support/filesystem-script.ts';
import { installedServer } from '../support/installed-server.ts';
import { expectSameThrough } from '../support/server-comparison.ts';

/** No front: a server is compared with itself. */
const launcher: readonly string[] = [];

describe('A client sees the same of', () => {
  it('server-everything', () =>
    expectSameThrough(launcher, everythingScript, { command: () => installedServer('everything', 'stdio') }));

  it('server-filesystem', () =>
    expectSameThrough(launcher, filesystemScript, {
      command: (dir) => installedServer('filesystem', `${dir}/second`),
      prepare: writeFilesForFilesystem,
    }));
});
