import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, inject, it } from 'vitest';
import type { AgentEvent } from '../../../src/domain/agent-session/agent-event.ts';
import type { AgentSessionSpec } from '../../../src/domain/agent-session/session-spec.ts';
import type { AgentRound } from '../../../src/services/agents/agent-adapter.ts';
import { createScriptAgent } from '../../../src/services/agents/script.ts';
import { tempFolder } from '../../doubles/temp-folder.ts';
import { aSession, marker, placeIn, runAgent } from '../../support/run-agent.ts';
import { run } from '../../support/run-maitred.ts';

const environment = { PATH: process.env.PATH ?? '' };

/** A session that plays this script, in a working directory of its own. */
function scripted(script: string) {
  const dir = tempFolder();
  const [cwd, place, scriptFile] = [tempFolder(), placeIn(dir), join(dir, 'script.yaml')];
  writeFileSync(scriptFile, script);
  const agent = createScriptAgent({ scriptFile, passed: [] });
  const logDir = agent.logDir(aSession(), place) ?? '';
  return {
    agent,
    cwd,
    place,
    scriptFile,
    start() {
      const { file, args, env } = agent.command(aSession({ cwd }), { kind: 'first' }, place);
      return execa(file, args, { cwd, env, extendEnv: false, reject: false, forceKillAfterDelay: false });
    },
    run: (change: Partial<AgentSessionSpec> = {}, round?: AgentRound) =>
      runAgent(agent, aSession({ cwd, ...change }), place, round),
    /** The events of the log of the only session. */
    readLog: () =>
      readFileSync(join(logDir, readdirSync(logDir)[0] ?? ''), 'utf8')
        .split('\n')
        .flatMap((line) => agent.readLogLine(line)),
  };
}

const textsOf = (events: readonly AgentEvent[]) =>
  events.flatMap((event) => (event.type === 'text' ? [event.text] : []));
const sessionIdOf = (events: readonly AgentEvent[]) => (events[0]?.type === 'init' ? events[0].sessionId : '');

describe('The scripted agent', () => {
  it('plays the script of the skill in the working directory, and reports and logs what it does', async () => {
    const {
      run: play,
      cwd,
      readLog,
    } = scripted(
      `
skills:
  make-plan:
    - write: { file: plan.md, text: a plan }
    - run: cat plan.md; echo "; $prompt"; exit 2
    - end: { result: "done\\n\${marker}" }
`,
    );
    const { events, code, stderr } = await play();
    expect([code, stderr, readFileSync(`${cwd}/plan.md`, 'utf8')]).toEqual([0, '', 'a plan']);
    expect(events[0]).toMatchObject({ type: 'init', model: 'scripted', tools: ['Bash', 'Edit', 'Read', 'Write'] });
    const results = events.filter(({ type }) => type === 'toolResult');
    expect(results).toMatchObject([
      { isError: false },
      { isError: true, text: 'Exit code 2\na plan; Use /make-plan a search box\n' },
    ]);
    expect(events.at(-1)).toMatchObject({ type: 'result', result: { isError: false, text: `done\n${marker}` } });
    expect(readLog()).toEqual([
      { type: 'other', kind: 'prompt', prompt: 'Use /make-plan a search box' },
      ...events.slice(0, -1),
    ]);
  });

  it('goes on with its session, as the same skill', async () => {
    const { run: play } = scripted(
      `
skills:
  make-plan:
    first: [{ end: { exit: 4 } }]
    resume: [{ say: "\${round} \${attempt} \${prompt}" }]
    nudge: [{ say: "nudge \${attempt} \${marker}" }]
`,
    );
    const first = await play();
    const sessionId = sessionIdOf(first.events);
    const resumed = await play({}, { kind: 'resume', sessionId, prompt: '--go on' });
    const nudged = await play({}, { kind: 'nudge', sessionId, prompt: 'and?' });
    expect([first.code, ...textsOf([...resumed.events, ...nudged.events])]).toEqual([
      4,
      'resume 2 --go on',
      `nudge 3 ${marker}`,
    ]);
    expect([resumed, nudged].map(({ events }) => sessionIdOf(events))).toEqual([sessionId, sessionId]);
  });

  it.each(['unknown', '../outside'])('resumes no session that its log does not have: %s', async (sessionId) => {
    const { run: play, place } = scripted('skills: { default: [] }');
    mkdirSync(join(place.sessionDir, 'agent-log'));
    writeFileSync(join(place.sessionDir, 'outside.jsonl'), '{"type":"other","kind":"prompt","prompt":"hello"}\n');
    const { code, stderr, events } = await play({}, { kind: 'resume', sessionId, prompt: '' });
    expect([code, events, stderr]).toEqual([2, [], expect.stringContaining(`no session "${sessionId}" to resume`)]);
  });

  it('takes a prompt of 200 KB, no marker and another model', async () => {
    const { run: play } = scripted(`skills: { default: [{ say: "\${prompt}|\${marker}" }] }`);
    const prompt = `-${'x'.repeat(200_000)}`;
    const { events } = await play({ prompt, marker: null, model: 'large' });
    expect(textsOf(events)).toEqual([`${prompt}|`]);
    expect(events[0]).toMatchObject({ model: 'large' });
  });

  it('dies of the signal that the script names', async () => {
    expect(await scripted('skills: { default: [{ end: { signal: SIGKILL } }] }').run()).toMatchObject({
      code: null,
      signal: 'SIGKILL',
    });
  });

  it.each(['hang: true', 'wait: 3600'])('ends on SIGTERM, with %s', async (step) => {
    const { start } = scripted(`skills: { default: [{ say: ready }, { ${step} }] }`);
    const program = start();
    for await (const line of program) if (line.includes('ready')) program.kill('SIGTERM');
    expect((await program).signal).toBe('SIGTERM');
  });

  it('ends the command that it runs when it is ended', async () => {
    const { start, cwd } = scripted(
      'skills: { default: [{ run: echo $$ > pid.new; mv pid.new pid; exec sleep 3600 }] }',
    );
    const program = start();
    await expect.poll(() => existsSync(`${cwd}/pid`)).toBe(true);
    program.kill('SIGTERM');
    expect((await program).signal).toBe('SIGTERM');
    const pid = Number(readFileSync(`${cwd}/pid`, 'utf8'));
    await expect.poll(() => existsSync(`/proc/${pid}/cwd`)).toBe(false);
  });

  it('says where its script is wrong, and the adapter explains it', async () => {
    const { run: play, agent, scriptFile } = scripted('skills:\n  default:\n    - sya: hello\n');
    const { code, stderr, events } = await play();
    expect([code, events]).toEqual([2, []]);
    expect(stderr).toMatch(`${scriptFile}:3:7: unknown key "sya"`);
    expect(agent.explain({ stderr, result: '', version: null })).toContain(
      `its script: ${scriptFile}:3:7: unknown key "sya"`,
    );
    expect(agent.explain({ stderr: 'killed', result: '', version: null })).toBeNull();
  });

  it('has no login of gh, and knows the step', () => {
    const { agent, place } = scripted('skills: { default: [] }');
    const { env } = agent.command(aSession({ stepName: 'plan' }), { kind: 'first' }, place);
    expect(env).toMatchObject({ GH_CONFIG_DIR: join(place.sessionDir, 'gh'), SCENARIO_STEP_NAME: 'plan' });
  });

  it('does not start without a script', () => {
    const agent = createScriptAgent({ scriptFile: null, passed: [] });
    expect(() => agent.command(aSession(), { kind: 'first' }, placeIn('/'))).toThrow('run_skill.script is not set');
  });
});

describe('The program of the scripted agent', () => {
  const program = (...args: readonly string[]) =>
    run(process.execPath, [join(inject('programDir'), 'script-agent.js'), ...args], {
      cwd: tempFolder(),
      env: environment,
    });

  it('shows how it is called, with an example that it can play', async () => {
    const { stdout } = await program('--help');
    const example = /^ {2}skills:\n(?: {4}.*\n)+/m.exec(stdout)?.[0].replaceAll(/^ {2}/gm, '') ?? '';
    const { run: play } = scripted(example);
    const { events } = await play();
    expect(events.at(-1)).toMatchObject({ result: { text: `plan_path = plan.md\n${marker}` } });
  });

  it.each([
    [['hello'], 'give --script=FILE and one PROMPT'],
    [['--script=a.yaml', 'one', 'two'], 'give --script=FILE and one PROMPT'],
    [['--scirpt=a.yaml', 'one'], "Unknown option '--scirpt'"],
    [['--script=a.yaml', 'one'], 'a.yaml:1:1: this file does not exist'],
  ])('says what is wrong with its arguments: %j', async (args, message) => {
    const { code, stdout, stderr } = await program(...args);
    expect([code, stdout, stderr]).toEqual([2, '', expect.stringContaining(message)]);
  });
});
