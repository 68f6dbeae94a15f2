import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { claudeLogDir, readClaudeLogLine } from '../../../src/services/agents/claude-log.ts';
import { tempFolder } from '../../doubles/temp-folder.ts';
import { recordedLines } from './a-claude-session.ts';

const place = { env: {}, homeDir: '/home/user' };

describe('the folder of the logs of Claude Code', () => {
  it.each([
    ['/srv/w/a.b_c d+é', '-srv-w-a-b-c-d--'],
    ['/', '-'],
    // As Claude Code 2.1.332 named it.
    [
      `/tmp/exp-claude/longdir/${'d'.repeat(120)}/${'d'.repeat(120)}.é`,
      `-tmp-exp-claude-longdir-${'d'.repeat(120)}-${'d'.repeat(55)}-yitdhu`,
    ],
    [
      `/tmp/exp-claude/longdir/${'e'.repeat(110)}/${'f'.repeat(110)}`,
      `-tmp-exp-claude-longdir-${'e'.repeat(110)}-${'f'.repeat(65)}-140l8p`,
    ],
  ])('of %s is %s', (cwd, name) => {
    expect(claudeLogDir(cwd, place)).toBe(`/home/user/.claude/projects/${name}`);
  });

  it('is in CLAUDE_CONFIG_DIR if that is set', () => {
    const env = { CLAUDE_CONFIG_DIR: '/etc/claude' };
    expect(claudeLogDir('/w', { ...place, env })).toBe('/etc/claude/projects/-w');
    expect(claudeLogDir('/w', { ...place, env: { CLAUDE_CONFIG_DIR: '' } })).toBe('/home/user/.claude/projects/-w');
  });

  it('is that of the folder which a link leads to', () => {
    const dir = tempFolder();
    mkdirSync(join(dir, 'real'));
    symlinkSync('real', join(dir, 'link'));
    expect(claudeLogDir(join(dir, 'link'), place)).toBe(claudeLogDir(join(dir, 'real'), place));
  });
});

describe('a line of the log of Claude Code', () => {
  it('tells what was said, called and returned, with the tokens of whole answers', () => {
    const events = recordedLines('success-log').flatMap(readClaudeLogLine);
    expect(events.map(({ type }) => type)).toEqual([
      ...['text', 'usage', 'toolCall', 'usage', 'toolResult'],
      ...['toolCall', 'usage', 'toolResult'],
      ...['text', 'usage'],
    ]);
    expect(events).toContainEqual({ type: 'text', text: 'Written.\n%%SMOKE::0a1b2c3d%%' });
    expect(events.at(-1)).toMatchObject({ type: 'usage', usage: { output_tokens: 7 } });
  });

  it.each([
    [
      'of a side chain has no text',
      '{"type":"assistant","isSidechain":true,"message":{"content":[{"type":"text","text":"done"}]}}',
    ],
    ['of another kind has none', '{"type":"attachment","message":{"content":[{"type":"text","text":"done"}]}}'],
    ['that is half written has none', '{"type":"assistant","mess'],
  ])('%s', (_, line) => {
    expect(readClaudeLogLine(line)).toEqual([]);
  });
});
