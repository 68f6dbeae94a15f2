import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toFault } from '../../src/domain/app-error.ts';
import { showCommand } from '../../src/domain/show-command.ts';
import { splitCommand } from '../../src/domain/split-command.ts';

function faultOf(line: string) {
  try {
    return splitCommand(line);
  } catch (thrown) {
    return toFault(thrown);
  }
}

describe('A command line is split', () => {
  it.each([
    ['npm test', ['npm', 'test']],
    ['  npm \t run  test:unit ', ['npm', 'run', 'test:unit']],
    ['npx vitest "src/a b" --name=\'it works\'', ['npx', 'vitest', 'src/a b', '--name=it works']],
    ['a"b"\'c\'d', ['abcd']],
    [String.raw`a\ b \" "\"\\\x" '\'`, ['a b', '"', String.raw`"\\x`, '\\']],
    [`grep '$HOME | *' ">" "a*"`, ['grep', '$HOME | *', '>', 'a*']],
    [String.raw`echo \$HOME "\$HOME"`, ['echo', '$HOME', '$HOME']],
    ['env CI=1 npm test', ['env', 'CI=1', 'npm', 'test']],
    ['go test ./...', ['go', 'test', './...']],
    ['git diff HEAD~1 a#b', ['git', 'diff', 'HEAD~1', 'a#b']],
  ])('as a shell does: %s', (line, words) => {
    expect(splitCommand(line)).toEqual(words);
  });

  it('into the words that were joined, whatever they contain', () => {
    const program = fc.stringMatching(/^[\w./-]{1,20}$/);
    fc.assert(
      fc.property(program, fc.array(fc.string({ unit: 'binary', minLength: 1 })), (first, rest) => {
        const words = [first, ...rest];
        expect(splitCommand(showCommand(words))).toEqual(words);
      }),
    );
  });
});

describe('A command line is rejected', () => {
  it.each(['|', '&', ';', '<', '>', '(', ')', '$', '`', '*', '?', '[', '{', '~', '#', '\n'])(
    'if it contains %j, which needs a shell, and the error says what to do',
    (character) => {
      expect(faultOf(`npm test ${character} x`)).toMatchObject({
        code: 'invalid_input',
        message: expect.stringMatching(
          /is special to a shell: .*single quotes.*\["sh", "-c", "npm test .*\], on one line: sh -c '/s,
        ),
      });
    },
  );

  it.each([
    ['npm test && x', '&&'],
    ['npm test || x', '||'],
    ['npm test >> log', '>>'],
    ['npm test $(x)', '$('],
    ['npm test $x', '$'],
  ])('with the whole operator: %s', (line, operator) => {
    const list = JSON.stringify(['sh', '-c', line]).replaceAll('","', '", "');
    expect(faultOf(line)).toMatchObject({
      message: `the command ${JSON.stringify(line)} contains "${operator}", which is special to a shell: put it in single quotes to use it literally; to run it in a shell, use the list ${list}, on one line: sh -c '${line}'`,
    });
    expect(splitCommand(`sh -c '${line}'`)).toEqual(['sh', '-c', line]);
  });

  it.each(['~/bin/x', 'x --file=~/a', 'x ~', 'x #a'])('if a shell replaces the beginning of a word: %s', (line) => {
    expect(faultOf(line)).toMatchObject({ message: expect.stringMatching(/contains "[~#]", which is special/) });
  });

  it.each(['npm "$TEST"', 'npm "`x`"'])('if the character is special inside quotes too: %s', (line) => {
    expect(faultOf(line)).toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining('special to a shell'),
    });
  });

  it.each([
    ['', 'is empty'],
    ['  ', 'is empty'],
    ['npm test ""', 'empty word'],
    ['npm "test', 'close them with "'],
    ["npm 'test", "close them with '"],
    ['npm test\\', 'ends with a backslash'],
    ['CI=1 npm test', 'put env before it'],
  ])('if it is not complete: %j', (line, flaw) => {
    expect(faultOf(line)).toMatchObject({ code: 'invalid_input', message: expect.stringContaining(flaw) });
  });
});
