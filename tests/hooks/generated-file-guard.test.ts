import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hooksFileText } from '../../src/services/client-plugin/hooks-file.ts';
import { aHookWorld, allowed, denialIn, type HookWorld, recorded, runHookOn, type Said } from './hook-process.ts';

/** What the guard says when the client is about to write a file. */
function writing(world: HookWorld, path: string, name = 'before-write'): Promise<Said> {
  const event = recorded(name);
  const key = name === 'before-notebook-edit' ? 'notebook_path' : 'file_path';
  const change = { cwd: world.projectDir, tool_input: { ...event.tool_input, [key]: path } };
  return runHookOn('generated-file-guard', { ...event, ...change }, { world });
}

function put(path: string, text = ''): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

it.each(['before-write', 'before-edit', 'before-notebook-edit'])(
  'files of the project may be written: %s',
  async (name) => {
    const world = aHookWorld();
    expect(await runHookOn('generated-file-guard', recorded(name), { world })).toEqual(allowed);
    for (const path of ['src/settings.json', '.claude/commands/settings.md', 'hooks/hooks.json', 'plugin/plugin.json'])
      expect(await writing(world, join(world.projectDir, path), name)).toEqual(allowed);
  },
);

it.each(['before-write', 'before-edit', 'before-notebook-edit'])(
  'files of the plugin are made by maitred: %s',
  async (name) => {
    const world = aHookWorld();
    for (const path of [world.stateFolder.hooksFile, `${world.stateFolder.pluginDir}/.claude-plugin/plugin.json`]) {
      const reason = denialIn(await writing(world, path, name));
      expect(reason).toBe(
        `${path} is made by maitred, and is made again when it has been changed. Leave it as it is; what maitred does is set in .maitred/config.yaml.`,
      );
    }
  },
);

it('hooks that maitred made are left alone wherever they lie', async () => {
  const world = aHookWorld();
  const text = hooksFileText({ nodeFile: '/node', programDir: '/program', stateDir: '/state' });
  const copy = put(join(world.homeDir, '.claude/plugins/cache/maitred/hooks/hooks.json'), text);
  expect(denialIn(await writing(world, copy))).toContain('is made by maitred');
  const other = put(join(world.homeDir, '.claude/plugins/cache/another/hooks/hooks.json'), '{"hooks":{}}');
  expect(await writing(world, other)).toEqual(allowed);
});

it.each(['project', 'home'] as const)(
  'the settings that decide over a session are left alone: those of the %s',
  async (whose) => {
    const world = aHookWorld();
    const path = join(whose === 'home' ? world.homeDir : world.projectDir, '.claude/settings.json');
    expect(denialIn(await writing(world, path))).toMatch(/decides what this session may do.*tell the person/);
  },
);

describe('a way around is seen', () => {
  const ways: Readonly<Record<string, (world: HookWorld) => string>> = {
    'by two dots': ({ projectDir }) => `${projectDir}/src/../x/y/../../.claude/settings.json`,
    'from the folder of the session': ({ projectDir, stateFolder }) => relative(projectDir, stateFolder.hooksFile),
    'by a link to the file': ({ projectDir }) => {
      const link = join(projectDir, 'link.json');
      symlinkSync(put(join(projectDir, '.claude/settings.json')), link);
      return link;
    },
    'by a link to a file that does not exist yet': ({ projectDir }) => {
      const link = put(join(projectDir, 'x/other')).replace('other', 'link.json');
      symlinkSync('../.claude/settings.json', link);
      return link;
    },
    'by a link to a folder above': ({ projectDir, stateFolder }) => {
      put(join(projectDir, 'other'));
      symlinkSync(stateFolder.dir, join(projectDir, 'state'));
      mkdirSync(stateFolder.dir);
      return join(projectDir, 'state/plugin/hooks/hooks.json');
    },
    'by a state folder that is itself a link': ({ homeDir, stateFolder }) => {
      mkdirSync(join(homeDir, 'elsewhere'));
      symlinkSync(join(homeDir, 'elsewhere'), stateFolder.dir);
      return join(homeDir, 'elsewhere/plugin/hooks/hooks.json');
    },
  };

  it.each(Object.entries(ways))('%s', async (_, wayIn) => {
    const world = aHookWorld();
    mkdirSync(world.projectDir);
    denialIn(await writing(world, wayIn(world)));
  });

  it('and a circle of links is none', async () => {
    const world = aHookWorld();
    mkdirSync(world.projectDir);
    symlinkSync('two', join(world.projectDir, 'one'));
    symlinkSync('one', join(world.projectDir, 'two'));
    expect(await writing(world, join(world.projectDir, 'one'))).toEqual(allowed);
  });
});
