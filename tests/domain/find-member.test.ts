import { describe, expect, it } from 'vitest';
import { findMember } from '../../src/domain/find-member.ts';

const memberText = (json: string, name = 'it') => {
  const range = findMember(json, name);
  return range === null ? null : json.slice(range.start, range.end);
};

describe('The value of a member in the text of a JSON object', () => {
  it.each([
    ['{"it":1}', '1'],
    [' { "a" : { "it" : 0 } , "it" : [ 1 , {"b":"}"} ] , "c" : 2 } ', '[ 1 , {"b":"}"} ]'],
    ['{"a":"it","it":"x, \\"it\\":\\\\"}', '"x, \\"it\\":\\\\"'],
    ['{"a":"\\"it\\":0","it":{"it":1}}', '{"it":1}'],
    ['{"it":1,"it":2}', '2'],
    ['{"it":null,"a":["it",{"it":3}]}', 'null'],
  ])('is found: %s', (json, value) => {
    expect(memberText(json)).toBe(value);
    expect(JSON.parse(value)).toEqual(JSON.parse(json).it);
  });

  it.each(['{}', '{"a":{"it":1}}', '["it",1]', '"it"', '{"a":"it"}', '{"it', ''])('is not found in %s', (json) => {
    expect(memberText(json)).toBe(null);
  });

  it.each([
    ['{"a":[],"it":{"b":"begi', '{"b":"begi'],
    ['{"it":"a \\', '"a \\'],
    ['{"it":[1],"b":"', '[1]'],
  ])('is found, or begun, in a text that is cut: %s', (json, value) => {
    expect(memberText(json)).toBe(value);
  });

  it.each(['"', '[', '\\', '{"', '"\\'])('is looked for in linear time in a megabyte of %s', (part) => {
    expect(memberText(`{"a":${part.repeat(1_000_000)}`)).toBe(null);
  });
});
