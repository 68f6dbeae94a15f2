import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/domain/json-object.ts';
import { aMarkedWorld, commandsOf, markedProcesses } from '../support/marked-world.ts';
import { canMount, inOwnMounts } from '../support/own-mounts.ts';
import {
  aServerWithAgent,
  folderWithClaude,
  indexedSessions,
  unsettledSessions,
} from '../support/server-with-agent.ts';
import { aWorld, type World } from '../support/spawned-server.ts';

const records = resolve('tests/fixtures/claude-records.sh');
const recorded = (name: string) => resolve('tests/services/agents/recorded', name);

/** A server whose Claude Code does what stands here for the arguments of the skill. */
async function aServerWithClaude(cases: Readonly<Record<string, string>>) {
  const world = aMarkedWorld();
  const branches = Object.entries(cases).map(([name, body]) => `*"/smoke-task ${name}"*) ${body} ;;`);
  const bin = folderWithClaude(world, `. ${records}\ncase $prompt in\n${branches.join('\n')}\nesac`);
  const env = {
    PATH: `${bin}:${world.env.PATH}`,
    MAITRED_RUN_SKILL__AGENT: 'claude',
    MAITRED_RUN_SKILL__ENV: '["TEST_WORLD"]',
  };
  return { ...(await aServerWithAgent({ world, env })), world };
}

interface Misbehaviour {
  readonly title: string;
  /** What the program does, in bash. */
  readonly body: string;
  readonly answer: JsonObject;
  readonly args?: string;
}

const misbehaviours: readonly Misbehaviour[] = [
  {
    title: 'does not know an option',
    body: `echo "error: unknown option '--setting-sources'" >&2; exit 1`,
    answer: {
      success: false,
      exit_code: 1,
      remarks: [expect.stringContaining('npm install -g @anthropic-ai/claude-code@latest')],
    },
  },
  {
    title: 'is too old to say why it fails',
    body: 'init 2.0.14; say "I stop."; exit 1',
    answer: { success: false, remarks: [expect.stringContaining('Claude Code 2.0.14 is older than')] },
  },
  {
    title: 'is not logged in',
    body: `cat ${recorded('not-logged-in.jsonl')}; exit 1`,
    answer: { success: false, is_error: true, remarks: [expect.stringContaining('start claude once and log in')] },
  },
  {
    title: 'prints a banner before its records',
    body: 'echo "A new version is available!"; echo; init; finish done',
    answer: { success: true, result: 'done' },
  },
  {
    title: 'prints records that nobody knows',
    body: `init; echo '{"type":"weather"}'; echo '[1]'; echo '{"type":"assistant"}'; finish done`,
    answer: { success: true, result: 'done' },
  },
  {
    title: 'reports two results',
    body: 'init; result "first\\\\n$marker"; finish second',
    answer: { success: true, result: 'second' },
  },
  {
    title: 'has two session ids',
    body: 'id=one; init; say "I begin."; id=two; init; finish done',
    answer: { success: true, session_id: 'one' },
  },
  {
    title: 'prints a line of 10 MB',
    body: `init; head -c 10000000 /dev/zero | tr '\\0' x; echo; finish done`,
    answer: { success: true, result: 'done' },
  },
  {
    title: 'gets a prompt of 200 KB',
    args: ` ${'x'.repeat(200_000)}`,
    body: 'init; finish "read $(wc -c <<< "$prompt" | cut -c1-3)"',
    answer: { success: true, result: 'read 200' },
  },
  {
    title: 'prints nothing and exits',
    body: 'exit 0',
    answer: { success: false, subtype: 'empty_output', retry_reason: 'empty_output' },
  },
];

// The tests read /proc.
const onLinux = describe.skipIf(process.platform !== 'linux');

onLinux('A session of a Claude Code', () => {
  test('that misbehaves has an outcome that says so, and leaves no process', async () => {
    const { runSkill, world, server } = await aServerWithClaude(
      Object.fromEntries(misbehaviours.map(({ title, body }) => [title, body])),
    );
    const run = async ({ title, args = '', answer }: Misbehaviour) => ({
      seen: { title, ...(await runSkill(`/smoke-task ${title}${args}`)) },
      wanted: { title, ...answer },
    });
    const results = await Promise.all(misbehaviours.map(run));
    for (const { seen, wanted } of results) expect.soft(seen).toMatchObject(wanted);
    expect(indexedSessions(world)).toHaveLength(misbehaviours.length);
    expect(await server.leave()).toEqual({ code: 0, signal: null });
    expect(commandsOf(markedProcesses(world))).toEqual([]);
  });

  test('that is not installed is refused with how to install it, and is recorded', async () => {
    const { world, runSkill } = await aServerWithAgent({ env: { MAITRED_RUN_SKILL__AGENT: 'claude', PATH: '' } });
    expect(await runSkill('/smoke-task look')).toMatchObject({
      success: false,
      code: 'not_found',
      error: expect.stringContaining('npm install -g @anthropic-ai/claude-code'),
    });
    expect(indexedSessions(world)).toMatchObject([{ success: false, subtype: 'not_started' }]);
    expect(unsettledSessions(world)).toEqual([]);
  });

  test('that cannot be started is refused with its path', async () => {
    const world = aWorld();
    const file = `${folderWithClaude(world, '')}/claude`;
    writeFileSync(file, '#!/no/such/program\n');
    const env = { MAITRED_RUN_SKILL__AGENT: 'claude', MAITRED_RUN_SKILL__CLAUDE_PATH: file };
    const { runSkill } = await aServerWithAgent({ world, env });
    expect(await runSkill('/smoke-task look')).toMatchObject({
      success: false,
      code: 'not_found',
      error: expect.stringContaining(file),
    });
  });

  test('whose working directory vanishes keeps its outcome', async () => {
    const { runSkill, world } = await aServerWithClaude({
      'vanish at the end': 'init; rm -rf "$PWD"; finish done',
    });
    const cwd = `${world.projectDir}/work`;
    mkdirSync(cwd);
    expect(await runSkill('/smoke-task vanish at the end', { cwd })).toMatchObject({ success: true });
    expect(await runSkill('/smoke-task vanish at the end', { cwd })).toMatchObject({
      success: false,
      code: 'not_found',
    });
  });

  test('has no limit where a call sets it to 0; settings that must not be 0 are refused with their place', async () => {
    const { runSkill } = await aServerWithClaude({ wait: 'init; sleep 0.2; finish done' });
    const limits = { idle_output_timeout: 0, stale_threshold: 0 };
    expect(await runSkill('/smoke-task wait', limits)).toMatchObject({ success: true });
    const refusing = await aServerWithAgent({ env: { MAITRED_RUN_SKILL__TIMEOUT: '0' } });
    expect((await refusing.runSkill('/smoke-task wait')).error).toMatch(
      /MAITRED_RUN_SKILL__TIMEOUT.*run_skill\.timeout/,
    );
  });
});

function addSkill({ projectDir }: World, name: string, lines: readonly string[]): void {
  const file = `${projectDir}/.maitred/skills/${name}/SKILL.md`;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, ['---', `name: ${name}`, 'description: A skill.', ...lines, '---', '# A skill', ''].join('\n'));
}

test('A skill with a faulty frontmatter is refused with the place of the fault; a circular dependency is no fault', async () => {
  const world = aWorld();
  addSkill(world, 'tabbed', ['maitred:', '\ttools: [Bash]']);
  addSkill(world, 'one', ['maitred:', '  dependencies: [other]']);
  addSkill(world, 'other', ['maitred:', '  dependencies: [one]']);
  const { runSkill } = await aServerWithAgent({ world, steps: { default: [{ end: { result: `done\n\${marker}` } }] } });
  expect(await runSkill('/tabbed')).toMatchObject({
    code: 'invalid_input',
    error: expect.stringMatching(/tabbed\/SKILL\.md:5:1: .*tab/),
  });
  expect(await runSkill('/one')).toMatchObject({ success: true });
});

test.runIf(canMount())(
  'Where the disk of the state folder is full, no session starts, and one that runs keeps its outcome',
  async () => {
    const world = aWorld();
    mkdirSync(world.stateFolder.dir);
    const mountSmallDisk = 'mount -t tmpfs -o size=4m tmpfs "$MAITRED_STATE_DIR" && exec "$@"';
    const fill = 'cat /dev/zero > "$MAITRED_STATE_DIR/filler"';
    const { runSkill, call } = await aServerWithAgent({
      world,
      steps: { 'smoke-task': [{ run: `${fill}; true` }, { end: { result: `done\n\${marker}` } }] },
      launcher: [...inOwnMounts, 'bash', '-c', mountSmallDisk, 'bash'],
    });
    expect(await runSkill('/smoke-task fill')).toMatchObject({
      success: true,
      session_dir: null,
      remarks: [expect.stringMatching(/could not be written.*ENOSPC/)],
    });
    expect(await runSkill('/smoke-task fill')).toMatchObject({
      success: false,
      code: 'unavailable',
      error: expect.stringContaining(world.stateFolder.dir),
    });
    await call('run_cmd', { cmd: 'rm "$MAITRED_STATE_DIR/filler"', cwd: world.projectDir });
  },
);
