import { expect, it } from 'vitest';
import { asciiJson, encodeJson } from '../../src/domain/encode-json.ts';

it.each([
  ['a half of a character', 'a\ud800b', '"a\ufffdb"'],
  ['halves in the wrong order', '\ude00\ud83d', '"\ufffd\ufffd"'],
  ['a half of a character behind a whole one', '😀\udbff', '"😀\ufffd"'],
  ['the line ends of JavaScript', 'a\u2028b\u2029', '"a\\u2028b\\u2029"'],
  ['the escape of a half, written as text', '\\ud800', '"\\\\ud800"'],
  ['the same behind a backslash', '\\\\ud800\ud800', '"\\\\\\\\ud800\ufffd"'],
  ['everything else', 'é€😀 "q"\\\n\0\u007f', '"é€😀 \\"q\\"\\\\\\n\\u0000\u007f"'],
])('JSON is what every parser takes: %s', (_, text, json) => {
  expect(encodeJson(text)).toBe(json);
  expect(JSON.parse(json)).toBe(text.toWellFormed());
});

it('JSON within JSON is what every parser takes, too', () => {
  const outer = encodeJson({ text: encodeJson({ path: 'a\ud800', '\udfff': ['\u2028'] }) });
  const { text } = JSON.parse(outer) as { text: string };
  expect(JSON.parse(text)).toEqual({ path: 'a\ufffd', '\ufffd': ['\u2028'] });
});

it('JSON in ASCII holds whole characters as pairs, and no half of one', () => {
  expect(asciiJson('😀\ud83d')).toBe('"\\ud83d\\ude00\\ufffd"');
});

it('JSON may be indented', () => {
  expect(encodeJson({ a: ['\ud800'] }, 2)).toBe('{\n  "a": [\n    "\ufffd"\n  ]\n}');
});
