import { describe, expect, it } from 'vitest';
import { parseTemplate } from '../../../src/domain/expression/parse-expression.ts';
import { printed, templateOf } from './parsed.ts';

describe('A template', () => {
  it('is texts and expressions, each with its place in the template', () => {
    expect(templateOf(`a \${{ result.x }}\${{inputs.y|trim}} }}`)).toMatchObject({
      parts: [
        { kind: 'text', text: 'a ', offset: 0, length: 2 },
        {
          kind: 'expression',
          offset: 2,
          length: 15,
          expression: { source: 'result.x', root: { kind: 'reference', offset: 6, length: 8 } },
        },
        { kind: 'expression', offset: 17, length: 18, expression: { source: 'inputs.y|trim', root: { offset: 20 } } },
        { kind: 'text', text: ' }}', offset: 35, length: 3 },
      ],
    });
  });

  it.each(['', 'no braces', '$ {{ x }}', '{{ x }}', '$', `don't }} "`])(
    'without an expression is its text: %j',
    (source) => {
      expect(printed(templateOf(source))).toBe(source);
    },
  );

  it('can have braces in a quoted text and an expression in braces', () => {
    const template = templateOf(`$\${{ '}} \${{' }} \${{ \${{ result.x }} == GO }}`);
    expect(printed(template)).toBe(`$\${{ '}} \${{' }} \${{ result.x == GO }}`);
  });

  it.each([
    [`ab \${{ result.x`, 3, 3, 'is never closed: write }} behind the expression'],
    [`\${{`, 0, 3, 'is never closed'],
    [`\${{ a }} \${{ inputs.b text \${{ inputs.c }} end`, 9, 3, 'is never closed'],
    [`\${{ 'GO`, 0, 3, 'is never closed'],
    [`\${{ it's }}`, 6, 5, "the text in quotes is never closed: write ' behind it"],
    [`x \${{ }} y`, 6, 2, 'the expression is empty'],
    [`x \${{ (result.x }} y`, 6, 1, '`(` is never closed'],
    [`x \${{ inpts.x }}`, 6, 5, 'did you mean inputs?'],
    [`\${{ result.x == }}`, 16, 2, 'ends too early'],
  ])('is rejected with the place of the fault: %j', (source, offset, length, message) => {
    expect(parseTemplate(source)).toEqual({ fault: { offset, length, message: expect.stringContaining(message) } });
  });

  it('may be a long script, with at most 4,096 characters in each expression', () => {
    const script = 'echo a\n'.repeat(10_000);
    const withExpression = (length: number) => parseTemplate(`${script}\${{${'a'.repeat(length)}}}`);
    expect(withExpression(4_096)).not.toHaveProperty('fault');
    expect(withExpression(4_097)).toMatchObject({ fault: { offset: script.length + 3 + 4_096, length: 1 } });
  });

  it('that is rejected for its braces says how to write them as text', () => {
    const parsed = parseTemplate(`echo \${{`);
    expect(parsed).toMatchObject({ fault: { message: expect.stringContaining(`\${{ '\${{' }}`) } });
    expect(parseTemplate(`echo \${{ '\${{' }}`)).not.toHaveProperty('fault');
  });
});
