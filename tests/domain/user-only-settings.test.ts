import { describe, expect, it } from 'vitest';
import { isUserOnly } from '../../src/domain/user-only-settings.ts';

describe('the settings that a project cannot set', () => {
  it.each([
    'github.host',
    'github.api_url',
    'notify.url',
    'safety.reset_guard_marker',
    'telemetry.endpoint',
    'workspace.runs_root',
    'wrap.command',
    'wrap.env',
    'wrap.servers.shop.command',
    'wrap.servers.shop.env.API_TOKEN',
  ])('include %s, whether it exists yet or not', (key) => {
    expect(isUserOnly(key)).toBe(true);
  });

  it.each([
    'github.default_repo',
    'github.hostname',
    'workspace.roots',
    'test_check.command',
    'reset_workspace.command',
    'notifyx.url',
    'wrapped.command',
  ])('do not include %s', (key) => {
    expect(isUserOnly(key)).toBe(false);
  });
});
