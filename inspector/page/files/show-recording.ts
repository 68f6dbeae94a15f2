import { AppError } from '../../../src/domain/app-error.ts';
import { type ReadRecording, readRecording } from '../../model/read-recording.ts';
import { chooseServer, servers } from '../page-state.ts';
import { readText } from '../stream/read-text.ts';
import { notify, progress } from '../widgets/notify.ts';

let filesSoFar = 0;
/** Progress is shown only if reading takes longer. */
const soonMs = 300;

/** Adds a recording to the list of servers, and shows it. */
export async function showRecording(fileName: string, body: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
  const read = await tryToRead(fileName, withProgress(fileName, readText(body)));
  if (read === null) return;
  for (const problem of read.problems) notify(`${fileName}: ${problem}`, { isError: true });
  filesSoFar += 1;
  const id = `file ${filesSoFar}`;
  const { recording, header } = read;
  servers.value = [...servers.value, { id, recording, line: null, file: { name: fileName, header } }];
  chooseServer(id);
}

async function* withProgress(fileName: string, pieces: AsyncIterable<string>): AsyncGenerator<string> {
  const shownFromMs = performance.now() + soonMs;
  let length = 0;
  try {
    for await (const piece of pieces) {
      yield piece;
      length += piece.length;
      if (performance.now() > shownFromMs)
        progress.value = `Reading ${fileName}: ${Math.floor(length / 1e6)} MB so far`;
    }
  } finally {
    progress.value = null;
  }
}

async function tryToRead(fileName: string, pieces: AsyncIterable<string>): Promise<ReadRecording | null> {
  try {
    return await readRecording(pieces);
  } catch (problem) {
    if (!(problem instanceof AppError)) throw problem;
    notify(`${fileName}: ${problem.message}.`, { isError: true });
    return null;
  }
}
