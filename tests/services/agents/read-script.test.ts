import { readFileSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { readScript } from '../../../src/services/agents/read-script.ts';
import { tempFolder } from '../../doubles/temp-folder.ts';

function scriptWith(text: string): string {
  const path = `${tempFolder()}/a.yaml`;
  writeFileSync(path, text);
  return path;
}

/** The faults of a script, each with `line:col`. */
function faultsIn(text: string): readonly string[] {
  const path = scriptWith(text);
  try {
    readScript(path);
    return [];
  } catch (thrown) {
    expect(thrown).toMatchObject({ code: 'invalid_input' });
    return String((thrown as Error).message)
      .replaceAll(`${path}:`, '')
      .split('\n');
  }
}

const steps = (...lines: readonly string[]) => ['skills:', '  a:', ...lines.map((line) => `    - ${line}`)].join('\n');

it('a script has steps for each skill, and may have steps for each round', () => {
  const path = scriptWith('skills:\n  a: [{ say: hi }]\n  b: { first: [], nudge: [{ end: { result: x } }] }\n');
  expect(readScript(path)).toEqual({
    model: 'scripted',
    tools: ['Bash', 'Edit', 'Read', 'Write'],
    skills: { a: [{ say: 'hi' }], b: { first: [], nudge: [{ end: { result: 'x' } }] } },
  });
});

it.each([
  ['a step that is unknown', steps('sya: hello'), /^3:7: unknown key "sya"; expected a step \(say, write, /],
  ['a step without a verb', steps('on_attempt: 2'), /^3:7: skills\.a\[0\] is a mapping; expected exactly one of say, /],
  ['a step with two verbs', steps('{ say: a, run: b }'), /^3:7: .* expected exactly one of say, /],
  ['a value of another kind', steps('say: 3'), /^3:12: skills\.a\[0\]\.say is 3; expected a text; /],
  [
    'a part that is missing',
    steps('write: { file: a }'),
    /^3:14: skills\.a\[0\]\.write\.text is empty; expected a text; /,
  ],
  ['a wait without end', steps('wait: .inf'), /^3:13: .* expected a number of seconds from 0 to 86400; /],
  ['an end that says nothing', steps('end: {}'), /^3:12: .* expected one of result, error, /],
  ['two ends in one', steps('end: { exit: 1, hang: true }'), /^3:12: .* expected one of result, error, /],
  [
    'a round that is unknown',
    'skills:\n  a: { first: [], secnd: [] }',
    /^2:19: unknown key "secnd"; expected steps for each round \(first, /,
  ],
  [
    'a skill without a list',
    'skills:\n  a: 3',
    /^2:6: skills\.a is 3; expected a list of steps, or a list for each round/,
  ],
  ['a round without a list', 'skills:\n  a: { first: 3 }', /^2:15: skills\.a\.first is 3; expected a list of steps/],
  [
    'a key twice',
    'skills:\n  a: []\n  a: []',
    /^3:3: the key "a" is repeated; expected once; remove this one or the first \(2:3\)$/,
  ],
  ['no skill', 'skills: {}', /^1:9: skills is a mapping; expected at least one skill, such as default; /],
  ['nothing', '', /^1:1: the script is empty; expected a script /],
  ['a tab', 'skills:\n\ta: []', /^2:1: a tab in the indentation; /],
  ['an alias without a target', 'skills: *none', /^1:1: aliases have no target /],
])('a script with %s is refused with the place', (_, text, fault) => {
  expect(faultsIn(text)[0]).toMatch(fault);
});

it('a script that does not exist is named', () => {
  expect(() => readScript('/none.yaml')).toThrow('/none.yaml:1:1: this file does not exist');
});

it('the scripts of the guide can be played', () => {
  const guide = readFileSync('docs/scripted-agent.md', 'utf8');
  const scripts = [...guide.matchAll(/^```yaml\n(.*?)^```/gms)].map(([, script = '']) => script);
  expect(scripts.map(faultsIn)).toEqual([[], [], []]);
});
