import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalRegistryText, clientHooks, hookRegistry, hookScripts } from '../../src/domain/hook-registry.ts';

const paths = { nodeFile: '/usr/bin/node', programDir: '/lib/maitred/dist', stateDir: '/state' };

/** The scripts that a client starts before it calls a tool. */
const scriptsBefore = (tool: string) =>
  hookRegistry.rows
    .filter(({ event, matcher }) => event === 'PreToolUse' && matcher !== null && new RegExp(matcher).test(tool))
    .flatMap(({ scripts }) => scripts);

describe('the registry', () => {
  it.each([
    ['mcp__maitred__run_cmd', ['headless-guard', 'unsafe-install-guard']],
    ['mcp__plugin_maitred_maitred__run_cmd', ['headless-guard', 'unsafe-install-guard']],
    ['mcp__maitred__run_python', ['headless-guard']],
    ['mcp__plugin_maitred_maitred__run_skill', ['headless-guard']],
    ['mcp__maitred__open_kitchen', ['open-kitchen-guard']],
    ['mcp__plugin_maitred_maitred__open_kitchen', ['open-kitchen-guard']],
    ['Write', ['generated-file-guard']],
    ['NotebookEdit', ['generated-file-guard']],
    ['Read', []],
    ['Grep', []],
    ['Bash', []],
    ['WebFetch', []],
    ['mcp__maitred__kitchen_status', []],
    ['mcp__maitred__run_cmds', []],
    ['mcp__another__run_cmd', []],
    ['mcp__another_mcp__maitred__run_cmd', []],
    ['TodoWrite', []],
  ])('starts before %s: %j', (tool, scripts) => {
    expect(scriptsBefore(tool)).toEqual(scripts);
  });

  it('names no retired script', () => {
    expect(hookScripts.filter((name) => hookRegistry.retired.includes(name))).toEqual([]);
  });

  it('has a matcher for an event with a tool, and none for any other', () => {
    for (const { event, matcher } of hookRegistry.rows) expect(matcher === null).toBe(event === 'SessionStart');
  });
});

describe('the canonical text', () => {
  it('is the same for every order of rows and keys', () => {
    const rows = hookRegistry.rows.map((row) => Object.fromEntries(Object.entries(row).reverse()) as never).reverse();
    expect(canonicalRegistryText({ rows, retired: ['b', 'a'] })).toBe(
      canonicalRegistryText({ ...hookRegistry, retired: ['a', 'b'] }),
    );
  });

  it('is compact JSON with sorted keys', () => {
    const text = canonicalRegistryText(hookRegistry);
    expect(text).toBe(JSON.stringify(JSON.parse(text)));
    const keys = [...text.matchAll(/"(\w+)":/g)].map(([, key = '']) => key);
    expect(keys.slice(0, 7)).toEqual(['retired', 'rows', 'event', 'matcher', 'scope', 'scripts', 'timeLimitSeconds']);
  });

  it('changes with every change of the registry', () => {
    const [first, ...others] = hookRegistry.rows;
    if (first === undefined) throw new Error('no rows');
    const changes = [{ timeLimitSeconds: 6 }, { scope: 'any' as const }, { matcher: 'x' }, { scripts: [] }];
    const texts = changes.map((change) =>
      canonicalRegistryText({ rows: [{ ...first, ...change }, ...others], retired: [] }),
    );
    texts.push(canonicalRegistryText({ rows: others, retired: [] }));
    texts.push(canonicalRegistryText({ ...hookRegistry, retired: ['old-guard'] }));
    expect(new Set([...texts, canonicalRegistryText(hookRegistry)]).size).toBe(texts.length + 1);
  });
});

describe('the hooks of a client', () => {
  it('has a group for each row, in order, with its matcher', () => {
    const { hooks, maitred_registry: hash } = clientHooks(hookRegistry, 'the hash', paths);
    expect(hash).toBe('the hash');
    expect(hooks.PreToolUse?.map(({ matcher }) => matcher)).toEqual(
      hookRegistry.rows.filter(({ event }) => event === 'PreToolUse').map(({ matcher }) => matcher),
    );
    expect(hooks.SessionStart).toEqual([
      {
        hooks: [
          {
            type: 'command',
            command: '/usr/bin/node /lib/maitred/dist/hooks/session-start.js /state',
            timeout: 5,
          },
        ],
      },
    ]);
  });

  it('is a command that a shell splits correctly, with any path', () => {
    const path = fc.string({ unit: 'grapheme' }).map((text) => `/${text.replaceAll('\0', '')}`);
    const plain = fc.constantFrom('/a b', "/it's", '/"$HOME"', '/`id`', '/a\nb', '/*', '/$(id)', '/\\');
    fc.assert(
      fc.property(fc.oneof(path, plain), (dir) => {
        const everywhere = { nodeFile: dir, programDir: dir, stateDir: dir };
        const command = clientHooks(hookRegistry, '', everywhere).hooks.SessionStart?.[0]?.hooks[0]?.command;
        const words = execFileSync('sh', ['-c', `printf '%s\\0' ${command}`], { encoding: 'utf8' });
        expect(words).toBe(`${dir}\0${dir}/hooks/session-start.js\0${dir}\0`);
      }),
      { numRuns: 60 },
    );
  });
});
