import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import type { AgentEvent } from '../../domain/agent-session/agent-event.ts';
import { AppError, errorKinds, toFault } from '../../domain/app-error.ts';
import { encodeJson } from '../../domain/encode-json.ts';
import { wait } from '../../domain/timers.ts';
import { runShortCommand } from '../platform/process/run-short-command.ts';
import { chooseSteps } from './choose-steps.ts';
import { playScript, type ScriptExit } from './play-script.ts';
import { readScript } from './read-script.ts';
import { openLoggedSession, openScriptLog } from './script-log.ts';

/* The scripted agent, a program of its own: plays a script where a coding agent would work. Each line of its stdout is an `AgentEvent`. */

const help = `Usage: node script-agent.js --script=FILE [options] PROMPT

Plays a script in place of a coding agent: it says, writes and runs what the script
says, and ends as the script says. It needs no model, no account and no network.
A PROMPT of - is read from stdin.

Options:
  --script=FILE   the script
  --log-dir=DIR   keeps a log of the session, so that it can be resumed
  --resume=ID     continues a session from that log
  --nudge         with --resume: plays the steps for a nudge
  --marker=TEXT   what \${marker} stands for
  --model=NAME    in place of the model of the script
  --help          shows this text

Example, plan.yaml:

  skills:
    make-plan:
      - say: I read the code.
      - write: { file: plan.md, text: "# Plan" }
      - run: wc -l plan.md
      - end: { result: "plan_path = plan.md\\n\${marker}" }

  node script-agent.js --script=plan.yaml "/make-plan add a search box"
`;

const options = {
  script: { type: 'string' },
  'log-dir': { type: 'string' },
  resume: { type: 'string' },
  nudge: { type: 'boolean' },
  marker: { type: 'string' },
  model: { type: 'string' },
  help: { type: 'boolean' },
} as const;

async function play(): Promise<ScriptExit> {
  const { values, positionals } = readArguments();
  const { script: file, resume, marker = '', 'log-dir': logDir } = values;
  if (values.help) {
    process.stdout.write(help);
    return { code: 0 };
  }
  const [given, ...others] = positionals;
  if (file === undefined || given === undefined || others.length > 0)
    throw usageError('give --script=FILE and one PROMPT');
  const script = readScript(resolve(file));
  // Not at once: what it reads from may have nothing yet.
  const prompt = given === '-' ? await text(process.stdin) : given;
  const kind = resume === undefined ? 'first' : values.nudge ? 'nudge' : 'resume';
  const sessionId = resume ?? randomUUID();
  const dir = logDir === undefined ? null : resolve(logDir);
  const log = resume === undefined ? openScriptLog(dir, sessionId) : openLoggedSession(dir, sessionId);
  const steps = chooseSteps(script, log.prompts[0] ?? prompt, kind);
  const attempt = log.prompts.length + 1;
  const model = values.model ?? script.model;
  const emit = (event: AgentEvent) => {
    log.event(event);
    process.stdout.write(`${encodeJson(event)}\n`);
  };
  log.prompt(prompt);
  emit({ type: 'init', sessionId, model, version: __MAITRED_VERSION__, tools: script.tools, mcpServers: [] });
  const round = { kind, attempt, sessionId, prompt, marker, cwd: process.cwd(), model } as const;
  return playScript(steps, round, { emit, runCommand: runShortCommand, wait, now: Date.now });
}

function readArguments() {
  try {
    return parseArgs({ args: process.argv.slice(2), options, allowPositionals: true });
  } catch (thrown) {
    throw usageError(toFault(thrown).message);
  }
}

async function end(exit: ScriptExit): Promise<void> {
  // What is written to a pipe may still be on its way.
  await new Promise((resolve) => process.stdout.write('', resolve));
  if (exit === 'hang') await wait(Number.POSITIVE_INFINITY);
  else if ('code' in exit) process.exit(exit.code);
  else process.kill(process.pid, exit.signal);
}

const usageError = (message: string) => new AppError('invalid_input', `${message}; --help shows how it is called`);

function fail(thrown: unknown): never {
  const { code, message } = toFault(thrown);
  process.stderr.write(`${message}\n`);
  process.exit(errorKinds[code].exitCode);
}

// The reader has closed stdout.
process.stdout.on('error', () => process.exit(1));
play().then(end).catch(fail);
