import { describe, expect, it } from 'vitest';
import { composePrompt, nudgePrompt, resumePrompt } from '../../../src/domain/agent-session/prompt.ts';
import { marker } from './session-evidence.ts';

describe('The prompt of a session', () => {
  it('asks for the skill, the marker, the working directory and no narration, in this order', () => {
    const prompt = composePrompt({ skillCommand: '/make-plan add a search box', marker, cwd: '/work/project' });
    const parts = [
      '/make-plan add a search box',
      'end your last message',
      marker,
      '/work/project',
      'Nobody reads along',
    ];
    const places = parts.map((part) => prompt.indexOf(part));
    expect(places[0]).toBe(0);
    expect(places).toEqual(places.toSorted((left, right) => left - right));
    expect(prompt.split('\n')).toContain(marker);
  });

  it('takes a command that is no skill as it is, and names only an absolute folder and a marker that there is', () => {
    const prompt = composePrompt({ skillCommand: 'Look at / first', marker: null, cwd: '' });
    expect(prompt).toMatch(/^Look at \/ first\n\nNobody reads along/);
    expect(prompt).not.toMatch(/%%|working directory/);
  });
});

describe('A nudge', () => {
  it('asks for the missing lines, and for the marker after them', () => {
    const prompt = nudgePrompt(['verdict = GO | STOP', 'plan_path = <absolute path of the file>'], marker);
    expect(prompt).toContain('\nverdict = GO | STOP\nplan_path = <absolute path of the file>\n');
    expect(prompt.endsWith(`\n${marker}`)).toBe(true);
    expect(nudgePrompt(['a = 1'], null)).toMatch(/a = 1$/);
  });
});

describe('A resumed session', () => {
  it('is asked to go on, and for the marker', () => {
    expect(resumePrompt(marker).split('\n')).toContain(marker);
    expect(resumePrompt(null)).toMatch(/^The session was interrupted\..*task\.$/);
  });
});
