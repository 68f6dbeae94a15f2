import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readShellCommands } from '../../src/domain/shell-commands.ts';
import { findUnsafeInstall } from '../../src/domain/unsafe-install.ts';

describe('a shell script is read as simple commands', () => {
  it.each([
    ['one two', [['one', 'two']]],
    ['a && b || c; d & e | f |& g', [['a'], ['b'], ['c'], ['d'], ['e'], ['f'], ['g']]],
    ['a\nb \\\n c', [['a'], ['b', 'c']]],
    [`'a b' "c d" e\\ f g''h"i"`, [['a b', 'c d', 'e f', 'ghi']]],
    [`"a \\" \\$x \\n" ''`, [['a " $x \\n', '']]],
    ['(a; b) && { c; }', [['a'], ['b'], ['c']]],
    ['x $(a b) `c` <(d)', [['x'], ['a', 'b'], ['c'], ['d']]],
    ['a >out 2>&1 <in b &>all c', [['a', 'b', 'c']]],
    ['a # b; c\nd#e', [['a'], ['d#e']]],
    ['cat <<EOF >x\nnot a command\nEOF\na', [['cat'], ['a']]],
    ["cat <<-'END' | b\n\tnot one\n\tEND\nc", [['cat'], ['b'], ['c']]],
    ['cat <<\\END\nnot one\nEND\na', [['cat'], ['a']]],
    ['cat <<< word a', [['cat', 'a']]],
    ['echo $x{,y} $z', [['echo', '$x{,y}', '$z']]],
    ["'never closed", [["'never", 'closed']]],
    ['a\\', [['a\\']]],
    ['a\f\u00a0b', [['a', 'b']]],
    ['', []],
  ])('%j', (script, commands) => {
    expect(readShellCommands(script)).toEqual(commands);
  });

  it('of any kind, to its end', () => {
    const marks = fc.constantFrom(...'\'"`\\$(){}<>|&;#!\n\t \f-ae1'.split(''), '<<', '$(', 'EOF', 'pip install -e .');
    const script = fc.oneof(
      fc.string(),
      fc.array(marks).map((parts) => parts.join('')),
    );
    fc.assert(fc.property(script, (text) => readShellCommands(text).every((words) => words.length > 0)));
  });
});

describe('an editable install into a shared environment is found', () => {
  it.each([
    'pip install -e .',
    'pip install --editable .',
    'pip install --editable=.',
    'pip install -e./lib',
    'pip install -qe .',
    'pip3.12 install -r requirements.txt -e .',
    'pip --no-input install -e .',
    '/usr/bin/pip install -e .',
    'python -m pip install -e .',
    'python3.11 -I -m pip install -e .[dev]',
    'uv pip install -e .',
    'uv --quiet pip install --python /usr/bin/python3 -e .',
    'cd lib && pip install -e .',
    'git pull; pip install \\\n  -e .',
    'p\'i\'p "install" -e .',
    'PIP_NO_INPUT=1 pip install -e .',
    'sudo -u someone pip install -e .',
    'env -i PATH=/bin timeout 60 pip install -e .',
    "bash -lc 'cd x && pip install -e .'",
    'sh -c "bash -c \'pip install -e .\'"',
    'eval pip install -e .',
    '(pip install -e .)',
    'if ! pip install -e .; then exit 1; fi',
    'echo "$x" | xargs pip install -e',
    'pip install -e . --python .venvs/bin/python',
  ])('%s', (script) => {
    expect(findUnsafeInstall(script)).not.toBeNull();
  });
});

it('an editable install is found after any number of wrappers', () => {
  expect(findUnsafeInstall(`${'sudo env X=1 '.repeat(20_000)}pip install -e .`)).toBe('pip install -e .');
});

describe('anything else is not mistaken for one', () => {
  it.each([
    'pip install -r requirements.txt',
    'pip install --extra-index-url https://example.org/e x',
    'pip install . && echo -e done',
    'pip uninstall -e',
    'uv pip install --python .venv/bin/python -e .',
    'uv pip install --python=.venv -e .',
    'uv pip install -p .venv -e .',
    'pip --python /work/x/.venv/bin/python install -e .',
    '.venv/bin/pip install -e .',
    './.venv/bin/python -m pip install -e .',
    'uv run pip install -e .',
    'uv sync',
    'echo "pip install -e ."',
    "git commit -m 'pip install -e . works'",
    'cat > README.md <<EOF\npip install -e .\nEOF',
    '# pip install -e .',
    'python -m build -e pip',
    'python setup.py install -e',
    'X=pip',
    '',
  ])('%s', (script) => {
    expect(findUnsafeInstall(script)).toBeNull();
  });

  it('nor in more than five scripts within each other', () => {
    const install = 'pip install -e .';
    const nested = (depth: number): string => (depth === 0 ? install : `sh -c ${JSON.stringify(nested(depth - 1))}`);
    expect([5, 6].map((depth) => findUnsafeInstall(nested(depth)))).toEqual([install, null]);
  });
});
