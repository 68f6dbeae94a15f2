import { describe, expect, it } from 'vitest';
import { explainDifference, findCall, findStep, type WantedStep } from '../../../src/domain/scenario/match-call.ts';
import { createPlaceholders } from '../../../src/domain/scenario/placeholders.ts';
import type { ScenarioStep } from '../../../src/domain/scenario/scenario.ts';

const places = [
  { name: 'home', value: '/home/ann' },
  { name: 'project', value: '/home/ann/shop' },
];
const create = () => createPlaceholders({ places, tempDir: '/tmp' });
const unused = () => false;
const [uuid, otherUuid] = ['0b7c1d52-93aa-4c1e-8f00-5a1e6f0a9b1c', '1b7c1d52-93aa-4c1e-8f00-5a1e6f0a9b1c'];

const calls = [
  { name: '0001-run_cmd', tool: 'run_cmd', arguments: { cmd: 'npm ci', cwd: '<<project>>' } },
  { name: '0002-run_cmd', tool: 'run_cmd', arguments: { cmd: 'npm test', cwd: '<<project>>' } },
  { name: '0004-run_skill', tool: 'run_skill', arguments: { skill: 'plan' } },
  { name: '0005-run_cmd', tool: 'run_cmd', arguments: { cmd: 'npm test', cwd: '<<project>>' } },
];
const runCmd = (cmd: string, more: object = {}) => ({
  tool: 'run_cmd',
  args: { cwd: '/home/ann/shop', cmd, ...more },
});

describe('A call of this run', () => {
  it('is answered by the first call that is not used and has the same tool and arguments', () => {
    expect(findCall(calls, unused, runCmd('npm test'), create())).toEqual({ index: 1 });
    expect(findCall(calls, (index) => index === 1, runCmd('npm test'), create())).toEqual({ index: 3 });
    expect(findCall(calls, unused, { tool: 'run_skill', args: { skill: 'plan' } }, create())).toEqual({ index: 2 });
  });

  it('is answered by a call without arguments if it has none', () => {
    const call = { name: '0001-test_check', tool: 'test_check', arguments: {} };
    expect(findCall([call], unused, { tool: 'test_check', args: undefined }, create())).toEqual({ index: 0 });
  });

  const refused = (wanted: { readonly tool: string; readonly args: unknown }, isUsed: (index: number) => boolean) => {
    const found = findCall(calls, isUsed, wanted, create());
    return 'whyNot' in found ? found.whyNot : found;
  };

  it('is refused with the nearest call and the first difference', () => {
    expect(refused(runCmd('npm run test'), unused)).toBe(
      'The nearest call of run_cmd that is not used is 0002-run_cmd; arguments.cmd: recorded "npm test", now "npm run test".',
    );
    expect(refused(runCmd('npm test', { timeout: 5 }), unused)).toBe(
      'The nearest call of run_cmd that is not used is 0002-run_cmd; arguments.timeout: not recorded, now 5.',
    );
  });

  it('is refused with the call that was the same, where that is used', () => {
    expect(refused(runCmd('npm ci'), (index) => index < 2)).toBe(
      '0001-run_cmd is the same, and is used. The nearest call of run_cmd that is not used is 0005-run_cmd; arguments.cmd: recorded "npm test", now "npm ci".',
    );
  });

  it('is refused where all calls of its tool are used', () => {
    expect(refused(runCmd('npm start'), () => true)).toBe(
      'The scenario has no more calls of run_cmd: it has 3, and all are used.',
    );
  });

  it('is refused with the tools that have calls, where its own has none', () => {
    expect(refused({ tool: 'merge', args: {} }, unused)).toBe(
      'The scenario has no calls of merge; it has 4 calls of run_cmd, run_skill.',
    );
    expect(findCall([], unused, runCmd('ls'), create())).toEqual({ whyNot: 'The scenario has no calls.' });
  });

  it('gives its values to placeholders only of the call that answers it', () => {
    const recorded = ['a', 'b'].map((last) => ({
      name: last,
      tool: 'resume',
      arguments: { id: `<<id.${last === 'a' ? 1 : 2}>>`, last },
    }));
    const placeholders = create();
    findCall(recorded, unused, { tool: 'resume', args: { id: uuid, last: 'c' } }, placeholders);
    findCall(recorded, () => true, { tool: 'resume', args: { id: uuid, last: 'a' } }, placeholders);
    expect(findCall(recorded, unused, { tool: 'resume', args: { id: uuid, last: 'b' } }, placeholders)).toEqual({
      index: 1,
    });
    expect(placeholders.expand('<<id.2>>')).toBe(uuid);
    expect(placeholders.expand('<<id.1>>')).not.toBe(uuid);
  });
});

const step = (program: string, args: readonly string[], more: Partial<ScenarioStep> = {}): ScenarioStep => ({
  program,
  arguments: args,
  folder: '<<project>>',
  stdout: { bytes: 0 },
  stderr: { bytes: 0 },
  output: [],
  ended: { code: 0, signal: null, reason: 'exited', after_ms: 1, others: 0 },
  files: [],
  ...more,
});

describe('A program of this run', () => {
  const call = {
    name: '0003-run_skill',
    steps: [
      step('git', ['status'], { environment: { LANG: 'C', HOME: '<<home>>' } }),
      step('claude', ['-p', '--session-id', '<<id.1>>']),
      step('git', ['status']),
    ],
  };
  const wanted = (more: Partial<WantedStep>): WantedStep => ({
    file: '/usr/bin/git',
    args: ['status'],
    cwd: '/home/ann/shop',
    env: { LANG: 'C', HOME: '/home/ann', SHLVL: '2' },
    ...more,
  });
  const find = (more: Partial<WantedStep>, isUsed: (index: number) => boolean = unused) => {
    const found = findStep(call, isUsed, wanted(more), create());
    return 'whyNot' in found ? found.whyNot : found.index;
  };

  it('is answered by the first step that is not used and has its name, arguments and folder', () => {
    expect(find({})).toBe(0);
    expect(find({}, (index) => index === 0)).toBe(2);
    expect(find({ file: 'claude', args: ['-p', '--session-id', uuid] })).toBe(1);
  });

  it('has the variables that are recorded, and others as it likes', () => {
    expect(find({ env: { LANG: 'de' } })).toBe(2);
    expect(find({ env: { LANG: 'de', HOME: '/home/ann' } }, (index) => index > 0)).toContain(
      '0003-run_skill/1 (git); environment.LANG: recorded "C", now "de".',
    );
    expect(find({ env: { LANG: 'C' } }, (index) => index > 0)).toContain(
      '0003-run_skill/1 (git); environment.HOME: recorded "<<home>>", now missing.',
    );
  });

  it('is refused with the nearest step and the first difference', () => {
    expect(find({ cwd: '/home/ann/other' }, (index) => index !== 2)).toBe(
      'The nearest program of 0003-run_skill that is not used is 0003-run_skill/3 (git); folder: recorded "<<project>>", now "/home/ann/other".',
    );
    expect(find({ file: '/opt/claude', args: ['-p', '--resume', uuid] })).toBe(
      'The nearest program of 0003-run_skill that is not used is 0003-run_skill/2 (claude); arguments[1]: recorded "--session-id", now "--resume".',
    );
    expect(find({ file: 'npm' })).toContain('0003-run_skill/1 (git); program: recorded "git", now "npm".');
  });

  it('is refused where all steps of its call are used', () => {
    expect(find({ file: 'npm' }, () => true)).toBe(
      '0003-run_skill has no more programs, so none for npm: it has 3, and all are used.',
    );
    expect(find({}, () => true)).toBe(
      '0003-run_skill/1 (git) is the same, and is used. 0003-run_skill has no more programs, so none for git: it has 3, and all are used.',
    );
  });
});

describe('The difference between a value of a scenario and one of this run', () => {
  it('is behind the placeholders that are alike', () => {
    const recorded = `End with <<id.1>> in <<project>>. ${'x'.repeat(200)}1`;
    const actual = `End with ${uuid} in /home/ann/shop. ${'x'.repeat(200)}2`;
    expect(explainDifference(recorded, actual, create())).toBe(
      `recorded "…${'x'.repeat(79)}1", now "…${'x'.repeat(79)}2"`,
    );
  });

  it('is also that one placeholder has two values', () => {
    const placeholders = create();
    expect(explainDifference(['<<id.1>>', '<<id.1>>'], [uuid, otherUuid], placeholders)).toBe(
      `[1]: recorded "<<id.1>>", now "${otherUuid}"`,
    );
    expect(explainDifference(['<<id.1>>'], [otherUuid], placeholders)).toBe(null);
  });
});
