import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { Exchange } from './answer.ts';
import { answerHeaders } from './answer-headers.ts';

/** Gives a recording as it lies there, at the pace of the page. @throws what the system throws when it cannot be read */
export async function giveRecording({ request, response }: Exchange, file: string): Promise<void> {
  const source = createReadStream(file);
  await new Promise((resolve, reject) => source.once('open', resolve).once('error', reject));
  response.writeHead(200, { ...answerHeaders, 'content-type': 'application/x-ndjson' });
  if (request.method === 'HEAD') {
    source.destroy();
    response.end();
    return;
  }
  await pipeline(source, response);
}
