import { AppError } from '../../../src/domain/app-error.ts';
import { type ReadRecording, readRecording } from '../../model/read-recording.ts';
import type { Recording } from '../../model/recording.ts';
import { chooseServer, notify, servers } from '../page-state.ts';

let filesSoFar = 0;

/** Shows what was recorded in a file, beside the servers. */
export function showRecording(fileName: string, text: string): void {
  const read = tryToRead(fileName, text);
  if (read === null) return;
  for (const problem of read.problems) notify(`${fileName}: ${problem}`, { isError: true });
  filesSoFar += 1;
  const id = `file ${filesSoFar}`;
  const { recording, header } = read;
  servers.value = [
    ...servers.value,
    { id, recording, line: null, lost: countLost(recording), file: { name: fileName, header } },
  ];
  chooseServer(id);
}

function countLost({ first, end, at }: Recording): number {
  let lost = 0;
  for (let position = first; position < end; position += 1) {
    const { message } = at(position);
    if (message.type === 'maitred.lost') lost += message.messages;
  }
  return lost;
}

function tryToRead(fileName: string, text: string): ReadRecording | null {
  try {
    return readRecording(text);
  } catch (problem) {
    if (!(problem instanceof AppError)) throw problem;
    notify(`${fileName}: ${problem.message}.`, { isError: true });
    return null;
  }
}
