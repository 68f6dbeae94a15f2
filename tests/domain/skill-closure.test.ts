import { describe, expect, it } from 'vitest';
import { dependencyCircle, skillClosure } from '../../src/domain/skill-closure.ts';

const skill = (name: string, dependencies: readonly string[] = [], categories: readonly string[] = []) => ({
  name,
  dependencies,
  categories,
});

function skillsOf(...skills: readonly ReturnType<typeof skill>[]) {
  const [first = skill('')] = skills;
  return { first, all: new Map(skills.map((each) => [each.name, each])) };
}

const closureOf = ({ first, all }: ReturnType<typeof skillsOf>) => skillClosure(first, all).map(({ name }) => name);

describe('what a session of a skill sees', () => {
  it('is the skill first, and everything it depends on at any distance, each once', () => {
    const skills = skillsOf(skill('a', ['b', 'c']), skill('b', ['d']), skill('c', ['d']), skill('d'), skill('e'));
    expect(closureOf(skills)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('is all members of a pack on which it depends', () => {
    const skills = skillsOf(skill('a', ['lens']), skill('b', [], ['lens']), skill('c', [], ['lens']), skill('d'));
    expect(closureOf(skills)).toEqual(['a', 'b', 'c']);
  });

  it('is a skill rather than the pack of the same name', () => {
    expect(closureOf(skillsOf(skill('a', ['lens']), skill('lens'), skill('c', [], ['lens'])))).toEqual(['a', 'lens']);
  });

  it('leaves out what does not exist', () => {
    expect(closureOf(skillsOf(skill('a', ['gone', 'b']), skill('b')))).toEqual(['a', 'b']);
  });

  it('ends where the dependencies are circular', () => {
    expect(closureOf(skillsOf(skill('a', ['b']), skill('b', ['c']), skill('c', ['a', 'b'])))).toEqual(['a', 'b', 'c']);
  });
});

describe('a circle of dependencies', () => {
  const circleOf = ({ first, all }: ReturnType<typeof skillsOf>) => dependencyCircle(first, all);

  it('is named from the skill back to itself', () => {
    const skills = skillsOf(skill('a', ['x', 'b']), skill('x'), skill('b', ['c']), skill('c', ['a']));
    expect(circleOf(skills)).toEqual(['a', 'b', 'c', 'a']);
  });

  it('is that of a skill which depends on itself, also by its pack', () => {
    expect(circleOf(skillsOf(skill('a', ['a'])))).toEqual(['a', 'a']);
    expect(circleOf(skillsOf(skill('a', ['lens'], ['lens'])))).toEqual(['a', 'a']);
  });

  it('is not found where two skills depend on a third, nor for a skill that only leads into one', () => {
    expect(circleOf(skillsOf(skill('a', ['b', 'c']), skill('b', ['d']), skill('c', ['d']), skill('d')))).toBeNull();
    expect(circleOf(skillsOf(skill('a', ['b']), skill('b', ['c']), skill('c', ['b'])))).toBeNull();
  });
});
