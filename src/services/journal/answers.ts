import { unlink } from 'node:fs/promises';
import { AppError } from '../../domain/app-error.ts';
import { encodeJson } from '../../domain/encode-json.ts';
import { parseJsonObject } from '../../domain/json-object.ts';
import { gateAnswerSchema } from '../../domain/recipe-run/journal-record.schema.ts';
import type { GateAnswer } from '../../domain/recipe-run/journal-record.ts';
import { createFileAtomically } from '../platform/files.ts';
import { namesIn, unlessMissing } from '../platform/unless-missing.ts';
import { checkName, type RunFolder, readOwnPart } from './run-folder.ts';

/** @returns the file that it made. @throws AppError as `Journals.putAnswer` does */
export async function putAnswer({ answersDir }: RunFolder, answer: GateAnswer): Promise<string> {
  checkName('gate', answer.gate);
  const path = `${answersDir}/${answer.gate}.json`;
  if (await createFileAtomically(path, `${encodeJson(answer)}\n`)) return path;
  const message = `${path} is an answer to the gate that the run has not taken yet: wait, or resume the run if no process owns it.`;
  throw new AppError('conflict', message, { details: { path } });
}

/** As `OwnedRun.takeAnswers`. A file that is no answer keeps no other from being taken. */
export async function takeAnswers(
  { answersDir }: RunFolder,
  ownUid: number | null,
  take: (answer: GateAnswer) => Promise<void>,
): Promise<void> {
  const problems: unknown[] = [];
  for (const name of namesIn(answersDir).filter((name) => /^[^.].*\.json$/.test(name))) {
    const path = `${answersDir}/${name}`;
    try {
      await take(readAnswer(path, name, ownUid));
      await unlessMissing(unlink(path));
    } catch (thrown) {
      problems.push(thrown);
    }
  }
  if (problems.length > 0) throw problems[0];
}

function readAnswer(path: string, name: string, ownUid: number | null): GateAnswer {
  const { data } = gateAnswerSchema.safeParse(parseJsonObject(readOwnPart(path, ownUid).toString()));
  if (data !== undefined && name === `${data.gate}.json`) return data;
  throw new AppError('conflict', `${path} is not an answer to a gate: remove it, and answer again.`, {
    details: { path },
  });
}
