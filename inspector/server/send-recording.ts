import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { mostRecordingBytes } from '../../src/domain/inspection.ts';
import { answerHeaders, type Exchange } from './answer.ts';

/**
 * Sends a recording with the name of its file, as fast as the page reads. The file may have been replaced since it was checked: a pipe does not block, and
 * no more is read than a recording can have. @throws the system's error if it cannot be read
 */
export async function sendRecording({ request, response }: Exchange, path: string): Promise<void> {
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
