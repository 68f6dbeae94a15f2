import { describe, expect, it } from 'vitest';
import { exitCodeHiddenBy } from '../../src/domain/hidden-exit-code.ts';

const bash = (script: string) => ['bash', '-c', script];
const noFiles = () => null;
const further = 'a further line without `set -e`';

describe('An exit code of tests may be hidden', () => {
  it.each([
    ['npm test | tee log', 'a pipe'],
    ['npm test 2>&1 | tee log', 'a pipe'],
    ['npm test |& tee log', 'a pipe'],
    ['(cd web && npm test) | tee log', 'a pipe'],
    ['for each in a b; do npm test; done | tee log', 'a `;` without `set -e`'],
    ['set -e; npm test | tee log', 'a pipe'],
    ['set -o pipefail; set +o pipefail; npm test | tee log', 'a pipe'],
    ['npm test; ./report', 'a `;` without `set -e`'],
    ['npm test; exit 0', 'a `;` without `set -e`'],
    ['if npm test; then echo good; fi', 'a `;` without `set -e`'],
    ['npm test\necho done', further],
    ['(npm test)\n\n# And then\necho done', further],
    ['set -e\nset +e\nnpm test\necho done', further],
    ['set -e\ncd web && npm test\necho done', 'a further line after a `&&`'],
    ['npm test || true', 'a `||`'],
    ['set -e; npm test || true', 'a `||`'],
    ['npm test & wait', 'a `&`'],
    ['npm test &', 'a `&`'],
    ['timeout 60 bash -c "npm test | tee log"', 'a pipe'],
  ])('by %j', (script, form) => {
    expect(exitCodeHiddenBy(bash(script), noFiles, 'the command')).toBe(`${form} in the command`);
  });

  it.each([
    'npm test',
    'npm test;\n',
    'npm test > log 2>&1',
    'npm test &> log',
    'npm test >| log',
    'cd web && CI=1 npm test &&\n  echo good',
    'set -o pipefail; npm test | tee log',
    'set -euo pipefail\nnpm test | tee log\necho done',
    'set -e; npm run unit; npm run e2e',
    'echo \'a | b\' "c || d; e & f" g\\|h && npm test # | tee log',
    'npm test <<END\na | b; c\nEND',
  ])('not by %j', (script) => {
    expect(exitCodeHiddenBy(bash(script), noFiles, 'the command')).toBeNull();
  });

  it.each([
    [['bash', '-eo', 'pipefail', '-c', 'npm test | tee log; echo done']],
    [['bash', '-o', 'pipefail', '-c', 'npm test | tee log']],
    [['env', 'CI=1', '/bin/sh', '-ec', 'npm test; echo done']],
    [['npm', 'test', '|', 'tee', 'log']],
    [['cargo', 'test']],
    [['bash', '-c']],
    [[]],
  ])('not as the arguments of %j say', (command) => {
    expect(exitCodeHiddenBy(command, noFiles, 'the command')).toBeNull();
  });
});

describe('A hidden exit code is found', () => {
  const piped = JSON.stringify({ scripts: { test: 'CI=1 npm run unit', unit: 'mocha | tee log', clean: 'mocha' } });
  const inPackage = 'a pipe in the script "unit" of package.json';
  it.each([
    ['in a script of package.json', ['npm', 'run', 'unit'], { 'package.json': piped }, inPackage],
    ['in a script that it runs', ['npm', 't'], { 'package.json': piped }, inPackage],
    ['behind a program that starts it', ['xvfb-run', '-a', 'npm', 'test'], { 'package.json': piped }, inPackage],
    ['with pnpm', ['pnpm', '--silent', 'test'], { 'package.json': piped }, inPackage],
    ['with yarn', ['yarn', 'unit'], { 'package.json': piped }, inPackage],
    ['with bun', ['bun', 'run', 'test'], { 'package.json': piped }, inPackage],
    ["not for bun's own tests", ['bun', 'test'], { 'package.json': piped }, null],
    ['not in another script', ['npm', 'run', 'clean'], { 'package.json': piped }, null],
    ['not in the script of another folder', ['npm', '--prefix', 'web', 'test'], { 'package.json': piped }, null],
    ['not in a broken package.json', ['npm', 'test'], { 'package.json': '{' }, null],
    ['in a script file', ['./ci.sh'], { './ci.sh': '#!/bin/sh\nmocha | tee log' }, 'a pipe in ./ci.sh'],
    ['in a script file for a shell', ['bash', '-x', 'ci'], { ci: 'mocha | tee log' }, 'a pipe in ci'],
    ['not with the options in its first line', ['./ci'], { './ci': '#!/usr/bin/env -S bash -e\nmocha\necho ok' }, null],
    ['not in a program of another language', ['./ci'], { './ci': '#!/usr/bin/env python3\na | b; c' }, null],
  ] as const)('%s', (_, command, files: Readonly<Record<string, string>>, found) => {
    expect(exitCodeHiddenBy(command, (name) => files[name] ?? null, 'the command')).toBe(found);
  });

  it.each([
    ['run each other', { test: 'npm run again', again: 'npm test' }, 3],
    ['have many commands', { test: 'npm run again && '.repeat(1_000), again: 'npm test' }, 200],
  ])('nowhere in scripts that %s, and the search ends soon', (_, scripts, mostReads) => {
    let reads = 0;
    const read = () => {
      reads += 1;
      return JSON.stringify({ scripts });
    };
    expect(exitCodeHiddenBy(['npm', 'test'], read, 'the command')).toBeNull();
    expect(reads).toBeLessThanOrEqual(mostReads);
  });
});
