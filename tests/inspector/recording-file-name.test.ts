import { expect, it } from 'vitest';
import { recordingFileName } from '../../inspector/model/write-recording.ts';

it('The file of a recording is named after its project and the time, in characters that every system allows', () => {
  const at = new Date('2026-11-22T19:03:04.500Z');
  expect(recordingFileName('/home/cook/my dishes/', at)).toBe('maitred-my-dishes-2026-11-22-19-03-04.jsonl');
  expect(recordingFileName(null, at)).toBe('maitred-server-2026-11-22-19-03-04.jsonl');
});
