import { expect, it } from 'vitest';
import { jsonText } from '../../src/cli/report.ts';

it('A report for programs has no character that controls a terminal, and is the same data', () => {
  const data = { name: 'a\u001b[31m\u009b0m\u202e\n\tb', list: ['é', '\u2028'] };
  const text = jsonText(data);
  expect(text).not.toMatch(/[^\n -~é]/);
  expect(JSON.parse(text)).toEqual(data);
});
