import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { stateFolderAt } from '../../../src/domain/state-folder.ts';
import {
  hasPluginHooks,
  planPlugin,
  readPluginVersion,
  writePlugin,
} from '../../../src/services/client-plugin/plugin.ts';
import { tempFolder } from '../../doubles/temp-folder.ts';

const request = {
  nodeFile: '/usr/bin/node',
  programFile: '/opt/m/maitred.js',
  stateDir: '/state',
  version: '1.2.3',
  hooksText: '{"hooks":{}}\n',
};

/** The texts of the files by their path in the plugin. */
const textsOf = (changes: Partial<Parameters<typeof planPlugin>[0]> = {}) =>
  new Map(planPlugin({ ...request, ...changes }).map(({ path, text }) => [path.replace('/state/plugin/', ''), text]));

describe('The plugin', () => {
  it('starts this program with this Node, on the state folder that holds the plugin', () => {
    expect(JSON.parse(textsOf().get('.mcp.json') ?? '')).toEqual({
      mcpServers: {
        maitred: {
          command: '/usr/bin/node',
          args: ['/opt/m/maitred.js', 'serve'],
          env: { MAITRED_STATE_DIR: '/state' },
        },
      },
    });
  });

  it('is offered by a marketplace in its own folder', () => {
    const { name, version } = JSON.parse(textsOf().get('.claude-plugin/plugin.json') ?? '');
    expect({ name, version }).toEqual({ name: 'maitred', version: '1.2.3' });
    expect(JSON.parse(textsOf().get('.claude-plugin/marketplace.json') ?? '')).toMatchObject({
      name: 'maitred',
      plugins: [{ name: 'maitred', source: './' }],
    });
  });

  it('has the hooks that it is given', () => {
    expect(textsOf({ hooksText: '{}\n' }).get('hooks/hooks.json')).toBe('{}\n');
  });

  it.each(['open-kitchen', 'close-kitchen'])('has the skill %s, whose description says what it is for', (name) => {
    const text = textsOf().get(`skills/${name}/SKILL.md`);
    expect(text).toMatch(new RegExp(`^---\\nname: ${name}\\ndescription: [^\\n:]+\\n---\\n`));
    expect(text).toContain(`maitred__${name.replace('-', '_')}`);
  });

  it.each(['open-kitchen', 'close-kitchen'])('forbids nothing in the skill %s', (name) => {
    expect(textsOf().get(`skills/${name}/SKILL.md`)).not.toMatch(/\b(do not|don't|never|must not|forbidden)\b/i);
  });
});

describe('Writing the plugin', () => {
  it('writes only files that are missing or differ', async () => {
    const stateDir = tempFolder();
    const files = planPlugin({ ...request, stateDir });
    expect(await writePlugin(files)).toEqual(files);
    expect(await writePlugin(files)).toEqual([]);
    const moved = planPlugin({ ...request, stateDir, programFile: '/elsewhere/maitred.js' });
    const before = moved.map(({ path }) => statSync(path).ino);
    const written = await writePlugin(moved);
    expect(written.map(({ path }) => path)).toEqual([join(stateDir, 'plugin', '.mcp.json')]);
    expect(moved.filter(({ path }, at) => statSync(path).ino !== before[at])).toEqual(written);
    for (const { path, text } of moved) expect(readFileSync(path, 'utf8')).toBe(text);
  });

  it('replaces a link with the file, and leaves its target alone', async () => {
    const stateDir = tempFolder();
    const files = planPlugin({ ...request, stateDir });
    mkdirSync(join(stateDir, 'plugin'));
    writeFileSync(join(stateDir, 'mine'), 'mine');
    symlinkSync('../mine', join(stateDir, 'plugin', '.mcp.json'));
    expect(await writePlugin(files)).toEqual(files);
    expect(readFileSync(join(stateDir, 'mine'), 'utf8')).toBe('mine');
  });

  it('names the file that is in the way', async () => {
    const stateDir = tempFolder();
    writeFileSync(join(stateDir, 'plugin'), '');
    await expect(writePlugin(planPlugin({ ...request, stateDir }))).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('a file is where a folder must be'),
    });
  });
});

describe('A plugin without hooks', () => {
  const aPlugin = () => {
    const stateDir = tempFolder();
    const { pluginDir, hooksFile } = stateFolderAt(stateDir);
    const write = (hooksText: string | null) => writePlugin(planPlugin({ ...request, stateDir, hooksText }));
    return { pluginDir, hooksFile, write };
  };

  it('is told from one with hooks, and from none', async () => {
    const { pluginDir, write } = aPlugin();
    expect(hasPluginHooks(pluginDir)).toBeNull();
    await write(null);
    expect(hasPluginHooks(pluginDir)).toBe(false);
    await write('{}');
    expect(hasPluginHooks(pluginDir)).toBe(true);
  });

  it('is not told from none while it is incomplete', async () => {
    const { pluginDir, hooksFile, write } = aPlugin();
    mkdirSync(hooksFile, { recursive: true });
    await expect(write('{}')).rejects.toMatchObject({ code: 'unavailable' });
    expect(hasPluginHooks(pluginDir)).toBeNull();
  });

  it('loses the hooks that it had, also those behind a link, whose target stays', async () => {
    const { hooksFile, write } = aPlugin();
    await write('{}');
    expect((await write(null)).map(({ path }) => path)).toEqual([hooksFile]);
    expect(existsSync(hooksFile)).toBe(false);
    expect(await write(null)).toEqual([]);
    const mine = join(tempFolder(), 'mine.json');
    writeFileSync(mine, 'mine');
    symlinkSync(mine, hooksFile);
    await write(null);
    expect(existsSync(hooksFile)).toBe(false);
    expect(readFileSync(mine, 'utf8')).toBe('mine');
  });

  it('is not written while a folder has the name of the hooks', async () => {
    const { hooksFile, write } = aPlugin();
    mkdirSync(hooksFile, { recursive: true });
    await expect(write(null)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining(`${hooksFile} cannot be written (EISDIR)`),
    });
  });
});

describe('The version of the plugin', () => {
  const manifestIn = (dir: string) => join(dir, '.claude-plugin', 'plugin.json');
  const { pluginDir } = stateFolderAt('/none');

  it('is read from its manifest', async () => {
    const stateDir = tempFolder();
    await writePlugin(planPlugin({ ...request, stateDir }));
    expect(readPluginVersion(stateFolderAt(stateDir).pluginDir)).toBe('1.2.3');
  });

  it.each<[string, string | Buffer]>([
    ['is broken', '{"version":'],
    ['is not an object', '"1.2.3"'],
    ['is null', 'null'],
    ['has no version', '{"name": "maitred"}'],
    ['has a version that is not a string', '{"version": 1}'],
    ['has a version of 1,000 characters', JSON.stringify({ version: '1'.repeat(1_000) })],
    ['is huge', JSON.stringify({ version: '1.2.3', more: 'x'.repeat(100_000) })],
  ])('is unknown if the manifest %s', (_what, text) => {
    const dir = tempFolder();
    mkdirSync(dirname(manifestIn(dir)));
    writeFileSync(manifestIn(dir), text);
    expect(readPluginVersion(dir)).toBeNull();
  });

  it('is unknown if there is no plugin, or if the manifest is a pipe', () => {
    expect(readPluginVersion(pluginDir)).toBeNull();
    const dir = tempFolder();
    mkdirSync(dirname(manifestIn(dir)));
    execFileSync('mkfifo', [manifestIn(dir)]);
    expect(readPluginVersion(dir)).toBeNull();
  });
});
