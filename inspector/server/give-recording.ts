import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { mostRecordingBytes } from '../../src/domain/inspection.ts';
import type { Exchange } from './answer.ts';
import { answerHeaders } from './answer-headers.ts';

/**
 * Gives a recording as it lies there, with the name of its file, at the pace of the page. Whatever has come to be in its place: a pipe is not waited
 * for, and no more is read than a recording has. @throws what the system throws when it cannot be read
 */
export async function giveRecording({ request, response }: Exchange, path: string): Promise<void> {
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  response.writeHead(200, {
    ...answerHeaders,
    'content-type': 'application/x-ndjson',
    'content-disposition': `inline; filename*=UTF-8''${encodeURIComponent(basename(path))}`,
  });
  if (request.method === 'HEAD') {
    response.end();
    await file.close();
    return;
  }
  await pipeline(file.createReadStream({ end: mostRecordingBytes - 1 }), response);
}
