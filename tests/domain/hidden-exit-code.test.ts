import { describe, expect, it } from 'vitest';
import { exitCodeHiddenBy } from '../../src/domain/hidden-exit-code.ts';

const bash = (script: string) => ['bash', '-c', script];
const noFiles = () => null;

describe('An exit code of tests is hidden', () => {
  it.each([
    ['npm test | tee log', 'a pipe'],
    ['npm test 2>&1 | tee log', 'a pipe'],
    ['npm test |& tee log', 'a pipe'],
    ['(cd web && npm test) | tee log', 'a pipe'],
    ['{ npm test; } | tee log', 'a pipe'],
    ['for each in a b; do npm test || exit 1; done | tee log', 'a pipe'],
    ['if [ $CI ]; then npm test; else ./local; fi; echo done', 'a `;`'],
    ['set -e; npm test | tee log', 'a pipe'],
    ['npm test; ./report', 'a `;`'],
    ['npm test; echo done', 'a `;`'],
    ['npm test; exit 0', 'a `;`'],
    ['npm test\necho done', 'a further line without `set -e`'],
    ['set -e\nnpm test && echo good\necho done', 'a further line without `set -e`'],
    ['npm run unit; npm run e2e', 'a `;`'],
    ['npm test || true', 'a `||`'],
    ['npm test || exit 0', 'a `||`'],
    ['npm test || { echo failed; }', 'a `||`'],
    ['npm test & wait', 'a `&`'],
    ['! npm test', 'a `!`'],
    ['if npm test; then echo good; fi', '`if`'],
    ['until npm test; do sleep 1; done', '`until`'],
    ['for each in a b; do (cd $each && npm test); done', 'a loop without `set -e`'],
    ['echo "$(npm test)"', 'a substitution'],
    ['diff expected <(npm test)', 'a substitution'],
    ['make -i test', '`make -i`'],
    ['pnpm -r --no-bail test', '`--no-bail`'],
    ['script -q -c "npm test" log', '`script` without `-e`'],
    ['env CI=1 bash -c "npm test | tee log"', 'a pipe'],
  ])('by %j', (script, form) => {
    expect(exitCodeHiddenBy(bash(script), noFiles, 'the command')).toBe(`${form} in the command`);
  });

  it.each([
    'npm test',
    'npm test > log 2>&1',
    'npm test > >(tee log)',
    'CI=1 npm test && echo good',
    'cd web; npm test',
    'cd "$(git rev-parse --show-toplevel)"; npm test',
    'cd $(dirname $0)/..; npm test',
    'export CI=$((0 + 1)); npm test;',
    'set -o pipefail; npm test | tee log',
    'set -euo pipefail\nnpm test | tee log\necho done',
    'npm test | tee log; exit $PIPESTATUS',
    'npm test; code=$?; ./report; exit $code',
    'npm ci; npm test',
    'set -e; npm run unit; npm run e2e',
    'npm test || exit 1',
    'npm test || { echo failed >&2; exit 1; }',
    'yes | npm test',
    '[ ! -f .env ] || . ./.env; npm test',
    'if [ -n "$CI" ]; then npm run ci-test; else npm test; fi',
    'case $1 in a) npm run a;; *) npm test;; esac',
    'set -e; for each in a b; do npm test; done',
    'for each in a b; do npm test || exit 1; done',
    '(cd web && npm test) && (cd api && npm test)',
    'echo "a | b; c || d" && npm test # | tee log',
    'npm test <<END\na | b; c\nEND',
  ])('not by %j', (script) => {
    expect(exitCodeHiddenBy(bash(script), noFiles, 'the command')).toBeNull();
  });

  it.each([
    [['bash', '-eo', 'pipefail', '-c', 'npm test | tee log; echo done'], null],
    [['bash', '-o', 'pipefail', '-c', 'npm test | tee log'], null],
    [['sh', '-ec', 'npm test; echo done'], null],
    [['npm', 'test', '|', 'tee', 'log'], null],
    [['cargo', 'test'], null],
    [[], null],
  ])('as the arguments of %j say', (command, found) => {
    expect(exitCodeHiddenBy(command, noFiles, 'the command')).toBe(found);
  });
});

describe('A hidden exit code is found', () => {
  const piped = JSON.stringify({ scripts: { test: 'npm run unit', unit: 'mocha | tee log', clean: 'mocha' } });
  const inPackage = 'a pipe in the script "unit" of package.json';
  it.each([
    ['in a script of package.json', ['npm', 'run', 'unit'], { 'package.json': piped }, inPackage],
    ['in a script that it runs', ['npm', 'test'], { 'package.json': piped }, inPackage],
    ['with pnpm', ['pnpm', '--silent', 'test'], { 'package.json': piped }, inPackage],
    ['with yarn', ['yarn', 'unit'], { 'package.json': piped }, inPackage],
    ['with bun', ['bun', 'run', 'test'], { 'package.json': piped }, inPackage],
    ["not for bun's own tests", ['bun', 'test'], { 'package.json': piped }, null],
    ['not in another script', ['npm', 'run', 'clean'], { 'package.json': piped }, null],
    ['not in the script of another folder', ['npm', '--prefix', 'web', 'test'], { 'package.json': piped }, null],
    ['not in a broken package.json', ['npm', 'test'], { 'package.json': '{' }, null],
    ['in a script file', ['./ci.sh'], { './ci.sh': '#!/bin/sh\nmocha | tee log' }, 'a pipe in ./ci.sh'],
    ['in a script file for a shell', ['bash', 'ci'], { ci: 'mocha | tee log' }, 'a pipe in ci'],
    ['not with the options in its first line', ['./ci'], { './ci': '#!/usr/bin/env -S bash -e\nmocha\necho ok' }, null],
    ['not in a program of another language', ['./ci'], { './ci': '#!/usr/bin/env python3\na | b; c' }, null],
    [
      'in a rule of a Makefile',
      ['make', 'test'],
      {
        Makefile:
          'FLAGS := -q\nall: build\n\ttrue | true\n\ntest: unit\n\nunit: a.c\n\t@$(PYTHON) -m pytest | tee $@.log\n',
      },
      'a pipe in the rule "unit" of Makefile',
    ],
    [
      'in a line whose exit code make ignores',
      ['make', 'test'],
      { Makefile: 'test:\n\t-./run\n' },
      'a leading `-` in the rule "test" of Makefile',
    ],
    [
      'not in a rule of a Makefile with pipefail',
      ['make', 'test'],
      { Makefile: 'SHELL := bash\n.SHELLFLAGS := -eo pipefail -c\ntest:\n\t./run | tee log\n' },
      null,
    ],
    [
      'in a recipe of a justfile',
      ['just', 'test'],
      { justfile: 'test *args: build\n    ./run {{args}} | tee log\n' },
      'a pipe in the rule "test" of justfile',
    ],
  ] as const)('%s', (_, command, files: Readonly<Record<string, string>>, found) => {
    expect(exitCodeHiddenBy(command, (name) => files[name] ?? null, 'the command')).toBe(found);
  });

  it('in scripts that run each other without end, and the search ends', () => {
    const scripts = { test: 'npm run again && '.repeat(1_000), again: 'npm test && '.repeat(1_000) };
    expect(exitCodeHiddenBy(['npm', 'test'], () => JSON.stringify({ scripts }), 'the command')).toBeNull();
  });
});
