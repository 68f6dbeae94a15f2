import { open } from 'node:fs/promises';
import { countText } from '../../domain/count-text.ts';
import type { InspectionMessage } from '../../domain/inspection.ts';
import { parseJsonObject } from '../../domain/json-object.ts';
import { readLines } from '../../services/platform/read-lines.ts';
import type { CliHost } from '../cli-host.ts';
import { writeRemark } from '../report.ts';
import { createPrinter, outputOf, type Printer, type StreamFormat } from './stream-servers.ts';

/** Longer than any message. */
const longestLineBytes = 8 * 1_048_576;

/**
 * Prints a recording as the stream of its server was. Its lines can be anybody's: what is not a message is skipped and counted.
 * @param path as `findRecording` returns it
 */
export async function streamRecording(host: CliHost, path: string, format: StreamFormat): Promise<void> {
  const closed = new AbortController();
  const output = outputOf(host, () => closed.abort());
  const file = await open(path);
  let serverId: string | null = null;
  let printer: Printer | null = null;
  let skipped = 0;
  const print = async (line: string) => {
    const message = parseJsonObject(line);
    if (serverId === null) serverId = String(message?.serverId ?? 'unknown');
    else if (typeof message?.type === 'string') {
      const pid = typeof message.pid === 'number' ? message.pid : null;
      printer ??= createPrinter(host, { serverId, pid }, { ...format, output });
      await printer.print({ line, message: message as unknown as InspectionMessage });
    } else throw new Error('not a message');
  };
  try {
    for await (const lines of readLines(file, longestLineBytes, closed.signal))
      for (const line of lines) await print(String(line)).catch(() => (skipped += 1));
  } catch (problem) {
    if (!closed.signal.aborted) throw problem;
  } finally {
    await file.close();
  }
  if (skipped > 0) writeRemark(host, `${path}: ${countText(skipped, 'line')} skipped: not a message of this version`);
}
