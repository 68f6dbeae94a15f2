import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError, isAppError } from '../../domain/app-error.ts';
import type { JsonObject } from '../../domain/json-object.ts';
import type { Log } from '../../domain/log-record.ts';
import type { Redactor } from '../../domain/redact.ts';
import type { Placeholders } from '../../domain/scenario/placeholders.ts';
import {
  callFile,
  callFolderName,
  callsFolder,
  mostCalls,
  mostPrograms,
  mostSentences,
  type ScenarioCall,
  type ScenarioManifest,
  type ScenarioState,
  scenarioFile,
  scenarioVersion,
} from '../../domain/scenario/scenario.ts';
import { parseSkillCommand } from '../../domain/skill-command.ts';
import { cannotWrite } from '../platform/cannot-write.ts';
import { writeFileAtomicallySync } from '../platform/files.ts';
import { overwriteFirstBlock } from '../platform/overwrite-first-block.ts';
import { mapTexts, recordedArguments } from './recorded-arguments.ts';
import { fileMode, folderMode, pendingName, removeFolder, takeForRecording, writeGitFiles } from './scenario-folder.ts';
import type { ScenarioRecorder } from './scenario-recorder.ts';
import { callYaml, manifestYaml } from './scenario-yaml.ts';
import { writeProgram } from './write-program.ts';

export interface ScenarioRecorderOptions {
  /** An absolute path. */
  readonly dir: string;
  /** Of maitred. */
  readonly version: string;
  /** null: not said. */
  readonly recipe: string | null;
  readonly placeholders: Placeholders;
  readonly redact: Redactor;
  readonly log: Log;
}

/**
 * Takes the folder and records into it until `finish`. What cannot be written makes the scenario incomplete, never a call fail.
 * @throws AppError `conflict` where another server records into the folder or it holds a scenario with calls; `invalid_input` for a folder with
 * something else in it; `unavailable` where it cannot be written
 */
export async function createScenarioRecorder(options: ScenarioRecorderOptions): Promise<ScenarioRecorder> {
  const { dir, log, redact, placeholders } = options;
  const release = await takeForRecording(dir);
  const clean = (text: string) => placeholders.abstract(redact.text(text));
  /** Those that have not settled, and how each is given up. */
  const open = new Map<object, () => void>();
  const unfinished = new Set<string>();
  const problems: string[] = [];
  const whenQuietListeners = new Set<() => void>();
  let claimed = 0;
  let settled = 0;
  let isFinished = false;

  const manifestOf = (state: ScenarioState): ScenarioManifest => ({
    version: scenarioVersion,
    recorded_by: options.version,
    ...(options.recipe !== null && { recipe: clean(options.recipe) }),
    state,
    calls: state === 'recording' ? 0 : settled,
    unfinished: [...unfinished].sort(),
    problems,
  });
  const writeManifest = (state: ScenarioState) =>
    writeFileAtomicallySync(join(dir, scenarioFile), manifestYaml(manifestOf(state)), fileMode);
  const writeEnd = () => {
    const state = problems.length === 0 ? 'complete' : 'incomplete';
    try {
      writeManifest(state);
    } catch (thrown) {
      // In the state `recording`, one on a full disk would look as if nothing were missing.
      const short = manifestYaml({ ...manifestOf(state), problems: problems.slice(0, 1) });
      if (overwriteFirstBlock(join(dir, scenarioFile), short)) return;
      log.warning('scenario_not_finished', { dir, problem: sentenceOf(thrown, join(dir, scenarioFile)) });
    }
  };

  const addProblem = (name: string, thrown: unknown) => {
    const problem = clean(`${name}: ${sentenceOf(thrown, `${callsFolder}/${name}`)}`);
    if (problems.length === 0) log.warning('scenario_incomplete', { dir, problem });
    if (problems.length < mostSentences) problems.push(problem);
  };

  const describeCall = (tool: string, args: unknown, outcome: string, programs: number): ScenarioCall => {
    const given = recordedArguments(args, redact);
    const step = stepOf(given);
    return {
      tool,
      ...(step !== null && { step_name: placeholders.abstract(step) }),
      arguments: mapTexts(given, (text) => placeholders.abstract(text)) as JsonObject,
      outcome,
      programs,
    };
  };

  const leave = (call: object) => {
    open.delete(call);
    if (open.size > 0) return;
    for (const listener of [...whenQuietListeners]) listener();
  };

  const beginCall: ScenarioRecorder['beginCall'] = ({ tool, args }) => {
    const call = {};
    open.set(call, () => abandon());
    let name: string | null = null;
    let outcome: string | null = null;
    let programs = 0;
    let written = 0;
    /** Adds that are not done. */
    let adding = 0;
    /** Nothing more of the call is written. */
    let isOver = false;
    const pending = () => join(dir, callsFolder, pendingName(name ?? ''));

    const discard = () => {
      try {
        removeFolder(pending());
      } catch {
        // It is hidden, and `maitred scenario trim` removes it.
      }
    };
    const end = (thrown?: unknown) => {
      isOver = true;
      if (name === null) return;
      if (thrown !== undefined) {
        addProblem(name, thrown);
        unfinished.delete(name);
      }
      discard();
    };
    const abandon = () => {
      if (!isOver) end();
    };
    const attempt = (work: () => void) => {
      try {
        work();
      } catch (thrown) {
        end(thrown);
      }
    };

    const begin = () => {
      claimed += 1;
      name = callFolderName(claimed, tool);
      unfinished.add(name);
      if (isOver) return;
      attempt(() => {
        if (claimed > mostCalls) throw new AppError('unavailable', `More than ${mostCalls} calls are not recorded.`);
        mkdirSync(pending(), { mode: folderMode });
      });
    };
    const publish = (settledAs: string) => {
      const named = name;
      if (named === null) return;
      attempt(() => {
        const text = callYaml(describeCall(tool, args, settledAs, programs));
        writeFileSync(join(pending(), callFile), text, { flag: 'wx', mode: fileMode });
        renameSync(pending(), join(dir, callsFolder, named));
        isOver = true;
        settled += 1;
        unfinished.delete(named);
        if (isFinished) writeEnd();
      });
    };
    /** The call has settled, or one of its programs has been written: whatever is last, ends it. */
    const endIfLast = () => {
      if (outcome === null) return;
      if (adding === 0) leave(call);
      if (isOver || adding > 0 || written < programs) return;
      if (programs > 0) return publish(outcome);
      if (name !== null) unfinished.delete(name);
      end();
    };

    return {
      nextProgram() {
        programs += 1;
        if (name === null) begin();
        if (programs > mostPrograms && !isOver)
          end(new AppError('unavailable', `More than ${mostPrograms} programs of a call are not recorded.`));
        return programs;
      },
      async add(number, program) {
        if (isOver) return;
        adding += 1;
        try {
          await writeProgram(pending(), number, program, { redact, placeholders, callArgs: args });
          written += 1;
        } catch (thrown) {
          if (!isOver) end(thrown);
        }
        adding -= 1;
        // It may have made the folder again.
        if (isOver) discard();
        endIfLast();
      },
      drop(number) {
        if (number === programs) programs -= 1;
        else if (!isOver)
          end(new AppError('unavailable', 'It has started programs after one that could not be started.'));
        endIfLast();
      },
      abandon,
      settle(settledAs) {
        outcome ??= settledAs;
        endIfLast();
      },
    };
  };

  try {
    writeManifest('recording');
    writeGitFiles(dir);
  } catch (thrown) {
    release();
    throw thrown;
  }
  return {
    beginCall,
    whenQuiet: (signal) =>
      new Promise((resolve) => {
        const finish = () => {
          whenQuietListeners.delete(finish);
          signal.removeEventListener('abort', finish);
          resolve();
        };
        if (open.size === 0 || signal.aborted) return resolve();
        whenQuietListeners.add(finish);
        signal.addEventListener('abort', finish);
      }),
    finish() {
      if (isFinished) return;
      isFinished = true;
      for (const abandon of open.values()) abandon();
      writeEnd();
      release();
    },
  };
}

/** The argument `step_name`, or the name of the skill; null: neither. */
function stepOf(args: JsonObject): string | null {
  const { step_name: step, skill_command: command } = args;
  if (typeof step === 'string' && step !== '') return step;
  if (typeof command !== 'string') return null;
  try {
    return parseSkillCommand(command).name;
  } catch {
    return null;
  }
}

/** Why something could not be written. @param path what could not */
const sentenceOf = (thrown: unknown, path: string): string =>
  isAppError(thrown) ? thrown.message : cannotWrite(path, thrown).message;
