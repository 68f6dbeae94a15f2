import {
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { aHookWorld, allowed, type HookWorld, headless, recorded, runHookOn } from './hook-process.ts';

const hourMs = 3_600_000;
const { session_id: sessionId } = recorded('session-start-resume');

/** Writes a marker that says that the kitchen was opened some hours ago. */
function plantMarker(world: HookWorld, hoursAgo: number, id = sessionId, more: object = {}): string {
  const path = join(world.stateFolder.kitchenDir, `${id}.json`);
  const openedAt = new Date(Date.now() - hoursAgo * hourMs).toISOString();
  mkdirSync(world.stateFolder.kitchenDir, { recursive: true });
  const marker = { session_id: id, opened_at: openedAt, recipe_name: null, marker_version: 1, ...more };
  writeFileSync(path, JSON.stringify(marker));
  return path;
}

const reminder = (text: RegExp) => ({
  code: 0,
  stderr: '',
  stdout: expect.stringMatching(
    new RegExp(`^\\{"hookSpecificOutput":\\{"hookEventName":"SessionStart","additionalContext":".*${text.source}`),
  ),
});

describe('a session that continues', () => {
  it.each([
    ['is resumed', recorded('session-start-resume')],
    ['was compacted', { ...recorded('session-start-resume'), source: 'compact' }],
  ])('and %s is reminded to open the kitchen again', async (_, event) => {
    const world = aHookWorld();
    plantMarker(world, 23);
    expect(await runHookOn('session-start', event, { world })).toEqual(reminder(/call open_kitchen again/));
  });

  it('is recognised by its transcript too', async () => {
    const world = aHookWorld();
    plantMarker(world, 1);
    const transcript = join(world.homeDir, 'transcript.jsonl');
    const event = { ...recorded('session-start-startup'), transcript_path: transcript };
    expect(await runHookOn('session-start', event, { world })).toEqual(allowed);
    writeFileSync(transcript, '');
    expect(await runHookOn('session-start', event, { world })).toEqual(allowed);
    writeFileSync(transcript, '{}\n');
    expect(await runHookOn('session-start', event, { world })).toEqual(reminder(/call open_kitchen again/));
  });

  it('is reminded of its recipe', async () => {
    const world = aHookWorld();
    plantMarker(world, 1, sessionId, { recipe_name: 'implement "it"' });
    const said = await runHookOn('session-start', recorded('session-start-resume'), { world });
    expect(JSON.parse(said.stdout).hookSpecificOutput.additionalContext).toContain(
      'for the recipe "implement \\"it\\""',
    );
  });

  it('and has not opened the kitchen for a day is not reminded', async () => {
    const world = aHookWorld();
    expect(await runHookOn('session-start', recorded('session-start-resume'), { world })).toEqual(allowed);
    plantMarker(world, 25);
    expect(await runHookOn('session-start', recorded('session-start-resume'), { world })).toEqual(allowed);
  });

  it('and is headless is not reminded', async () => {
    const world = aHookWorld();
    plantMarker(world, 1);
    const event = recorded('session-start-resume');
    expect(await runHookOn('session-start', event, { world, ...headless })).toEqual(allowed);
  });
});

it('a new session is not reminded of the kitchen of another one', async () => {
  const world = aHookWorld();
  plantMarker(world, 1, 'another-session');
  expect(await runHookOn('session-start', recorded('session-start-startup'), { world })).toEqual(allowed);
});

it('old, future and broken markers are removed; the others stay', async () => {
  const world = aHookWorld();
  const { kitchenDir } = world.stateFolder;
  const fresh = [plantMarker(world, 1, 'fresh-1'), plantMarker(world, 23, 'fresh-2')];
  plantMarker(world, 25, 'old');
  plantMarker(world, -25, 'ahead');
  plantMarker(world, 1, 'another-version', { marker_version: 2 });
  plantMarker(world, 1, 'not-its-name', { session_id: 'somebody-else' });
  plantMarker(world, 1, 'no-time', { opened_at: 'yesterday' });
  writeFileSync(join(kitchenDir, 'cut-off.json'), '{"session_id":"cut-off"');
  writeFileSync(join(kitchenDir, 'huge.json'), 'x'.repeat(100_000));
  writeFileSync(join(kitchenDir, '.old.json.1.tmp'), '{');
  utimesSync(join(kitchenDir, '.old.json.1.tmp'), new Date(0), new Date(0));
  writeFileSync(join(kitchenDir, '.being-written.json.2.tmp'), '{');
  const elsewhere = join(world.homeDir, 'elsewhere.json');
  writeFileSync(elsewhere, 'not ours');
  symlinkSync(elsewhere, join(kitchenDir, 'link.json'));
  mkdirSync(join(kitchenDir, 'folder.json'));
  expect(await runHookOn('session-start', recorded('session-start-startup'), { world })).toEqual(allowed);
  expect(readdirSync(kitchenDir).sort()).toEqual([
    '.being-written.json.2.tmp',
    'folder.json',
    'fresh-1.json',
    'fresh-2.json',
  ]);
  expect(fresh.every((path) => existsSync(path)) && existsSync(elsewhere)).toBe(true);
});

it('files that are not named like markers stay, and so does everything behind a link', async () => {
  const world = aHookWorld();
  const { kitchenDir } = world.stateFolder;
  const markers = [plantMarker(world, 25, 'old'), plantMarker(world, 1, 'fresh')];
  const foreign = ['recipes.yaml', '.env', '.notes.tmp', 'two words.json', 'noend'];
  for (const name of foreign) {
    writeFileSync(join(kitchenDir, name), '');
    utimesSync(join(kitchenDir, name), new Date(0), new Date(0));
  }
  const elsewhere = join(world.homeDir, 'elsewhere');
  renameSync(kitchenDir, elsewhere);
  symlinkSync(elsewhere, kitchenDir);
  const start = () => runHookOn('session-start', recorded('session-start-startup'), { world });
  expect(await start()).toEqual(allowed);
  expect(readdirSync(elsewhere)).toHaveLength(markers.length + foreign.length);
  rmSync(kitchenDir);
  renameSync(elsewhere, kitchenDir);
  expect(await start()).toEqual(allowed);
  expect(readdirSync(kitchenDir).sort()).toEqual([...foreign, 'fresh.json'].sort());
});
