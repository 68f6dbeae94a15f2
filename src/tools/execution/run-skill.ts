import * as z from 'zod';
import { completionMarker } from '../../domain/agent-session/completion-marker.ts';
import { composePrompt } from '../../domain/agent-session/prompt.ts';
import type { AgentSessionSpec, SessionLimits } from '../../domain/agent-session/session-spec.ts';
import { skillAnswerSchema } from '../../domain/agent-session/skill-answer.schema.ts';
import { hasOutcome, skillAnswerOf } from '../../domain/agent-session/skill-answer.ts';
import { fitAnswer } from '../../domain/answer-budget.ts';
import type { ToolSettings } from '../../domain/config.schema.ts';
import { countText } from '../../domain/count-text.ts';
import { mostSeconds } from '../../domain/duration-bounds.ts';
import { durationText } from '../../domain/duration-text.ts';
import { isoOf } from '../../domain/iso-time.ts';
import { printable } from '../../domain/printable-text.ts';
import { firstCharacters } from '../../domain/shorten-texts.ts';
import type { SessionProgress } from '../../runners/agent-sessions.ts';
import { orderId, stepName, textWithoutNul } from '../arguments.ts';
import { defineTool } from '../define-tool.ts';
import type { ToolServices } from '../tool-services.ts';

const secondsOrSetting = (setting: string, what: string) =>
  z
    .number()
    .min(0)
    .max(mostSeconds)
    .nullable()
    .default(null)
    .describe(`${what}; 0: never. null: the setting run_skill.${setting}.`);

type Services = Pick<ToolServices, 'agentSessions' | 'skills' | 'settings' | 'workspace' | 'status' | 'stepSessions'>;

export const runSkill = defineTool({
  name: 'run_skill',
  title: 'Run a skill in a session of its own',
  description: `Has a coding agent without a person (usually Claude Code) carry out a skill in a folder, and reports the outcome when it ends, minutes to hours later. Use it for work that needs an agent: investigate, plan, implement, fix. For a command use run_cmd, for tests test_check. success: the skill did what it promises. If not, see retry_reason: resume, drain_race: continue with a smaller task; stale, clone_contamination: run it again; budget_exhausted: ask a person; none: read remarks; others: try another way.
Example: {"skill_command": "/investigate why the cart loses items", "cwd": "/home/ann/shop"}`,
  category: 'Execution',
  tags: ['kitchen'],
  needs: [],
  effect: 'destroys',
  openWorld: true,
  input: z.object({
    skill_command: textWithoutNul.describe('The skill and its arguments: /name arguments.'),
    cwd: z.string().min(1).describe('Folder to work in: an absolute path within workspace.roots.'),
    model: z
      .string()
      .default('')
      .describe('The model of the session; empty: model.default. model.override, if it is set, beats both.'),
    step_name: stepName,
    order_id: orderId,
    stale_threshold: secondsOrSetting(
      'stale_threshold',
      'Seconds after which a session whose own log does not grow is ended',
    ),
    idle_output_timeout: secondsOrSetting(
      'idle_output_timeout',
      'Seconds after which a session that prints nothing is ended',
    ),
  }),
  output: skillAnswerSchema,
  async handler(
    { skill_command: skillCommand, cwd: givenCwd, ...given },
    { agentSessions, skills, settings, workspace, status }: Services,
    { signal, report, step },
  ) {
    const cwd = workspace.folder(givenCwd, 'cwd');
    const { name, contract, prompt } = skills.resolve(skillCommand, cwd);
    const { marker: planMarker, skill_names: skillNames } = settings.implement_gate;
    if (settings.safety.require_dry_walkthrough)
      skills.checkGate(skillCommand, { skillNames, marker: planMarker }, cwd);
    const { agent } = settings.run_skill;
    const marker = agent === 'command' ? null : newMarker(settings);
    const spec: AgentSessionSpec = {
      agent,
      skillCommand,
      prompt: composePrompt({ skillCommand: prompt, marker, cwd }),
      marker,
      contract,
      cwd,
      model: settings.model.override ?? (given.model || settings.model.default),
      skillDirs: [],
      limits: limitsOf(settings, given),
      budget: {
        turns: settings.run_skill.budget_turns,
        tokens: settings.run_skill.budget_tokens,
        usd: settings.run_skill.budget_usd,
      },
      stepName: given.step_name,
      orderId: given.order_id,
      stepKey: step?.key ?? null,
    };
    const { result, dirName, ...ended } = await agentSessions.run(spec, {
      signal,
      onProgress: (progress) => report(progressText(name, progress)),
      onSpending: (spent) => step?.onSpending(spent),
      fillDir: async (sessionDir) => (await skills.prepare({ command: skillCommand, cwd, sessionDir })).skillDirs,
    });
    return answerOf(skillAnswerOf({ ...ended, skillResult: result }), dirName, status);
  },
  async adopt(_, { stepSessions, status }: Services, key) {
    const session = await stepSessions.find(key);
    switch (session.state) {
      case 'none':
        return { state: 'again' };
      case 'unknown':
        return { state: 'unknown' };
    }
    const { answer, spent, dirName } = session;
    // Its processes have ended, and a skill is made to run again in the same folder.
    if (!hasOutcome(answer)) return { state: 'again', spent };
    return { state: 'done', output: answerOf(answer, dirName, status), spent };
  },
});

const answerOf = <Answer extends object>(
  answer: Answer,
  dirName: string | null,
  { stateDir }: ToolServices['status'],
) => fitAnswer({ ...answer, session_dir: dirName === null ? null : `${stateDir}/logs/sessions/${dirName}` });

function newMarker({ run_skill: { completion_marker: name } }: ToolSettings): string {
  return completionMarker(
    name,
    Math.floor(Math.random() * 2 ** 32)
      .toString(16)
      .padStart(8, '0'),
  );
}

interface GivenLimits {
  readonly stale_threshold: number | null;
  readonly idle_output_timeout: number | null;
}

/** From the end of a session to what a nudge may take. */
const nudgeMs = 60_000;

/** What Claude Code needs between its result and its exit, beside the delay that it is told. */
const exitMs = 500;

function limitsOf({ run_skill: settings }: ToolSettings, given: GivenLimits): SessionLimits {
  const ms = (seconds: number) => seconds * 1_000;
  const orNone = (seconds: number) => (seconds === 0 ? null : ms(seconds));
  return {
    wallMs: ms(settings.timeout),
    idleMs: orNone(given.idle_output_timeout ?? settings.idle_output_timeout),
    staleMs: orNone(given.stale_threshold ?? settings.stale_threshold),
    suppressionMs: ms(settings.max_suppression_seconds),
    drainMs: ms(settings.completion_drain_timeout),
    exitGraceMs: Math.max(ms(settings.natural_exit_grace_seconds), settings.exit_after_stop_delay_ms + exitMs),
    nudgeMs,
    pausedMs: ms(settings.max_pause_seconds),
  };
}

const stateTexts: Readonly<Partial<Record<SessionProgress['state'], string>>> = {
  preparing: 'is prepared',
  spawning: 'is started',
  draining: 'has ended; the rest of its output is read',
  ending: 'is ended',
  adjudicating: 'is adjudicated',
  nudging: 'is asked for missing output lines',
  recording: 'is recorded',
};

/** The name of a tool is a stranger's text, and clients show progress in a terminal. */
const mostToolCharacters = 80;

function progressText(name: string, progress: SessionProgress): string {
  const { state, elapsedMs, turns, toolInUse, tokens, costUsd, pausedUntilMs } = progress;
  if (state === 'paused' && pausedUntilMs !== null)
    return `${name} is paused: a rate limit, until ${isoOf(pausedUntilMs)}`;
  const how = stateTexts[state];
  if (how !== undefined) return `${name} ${how}`;
  const parts = [
    `${name} runs for ${durationText(elapsedMs)}`,
    countText(turns, 'turn'),
    countText(tokens, 'token'),
    ...(costUsd === null || costUsd === 0 ? [] : [`${costUsd.toFixed(2)} USD`]),
    ...(toolInUse === null ? [] : [`in ${printable(firstCharacters(toolInUse, mostToolCharacters))}`]),
  ];
  return parts.join(', ');
}
