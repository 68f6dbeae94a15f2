import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { AppError } from '../../domain/app-error.ts';
import type { CliHost } from '../cli-host.ts';

const longestValueMib = 1;

/**
 * The value that an argument gives; `-` stands for what comes on stdin, without its last line break. On a terminal one line is asked
 * for, and what is typed is not shown.
 * @throws AppError `invalid_input` where nothing or far too much comes; `cancelled` where a person gives up
 */
export async function readValue(host: CliHost, key: string, argument: string): Promise<string> {
  if (argument !== '-') return argument;
  const text = host.stdin.isTTY ? await askHidden(host, `${key}: `) : await readAll(host.stdin, key);
  if (text !== '') return text;
  throw new AppError('invalid_input', `no value for ${key} came on stdin; with "" as the value it is set to nothing`);
}

async function readAll(stdin: CliHost['stdin'], key: string): Promise<string> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of stdin) {
    const bytes = Buffer.from(chunk);
    sizeBytes += bytes.length;
    if (sizeBytes > longestValueMib * 1024 * 1024) {
      throw new AppError('invalid_input', `the value of ${key} on stdin is longer than ${longestValueMib} MiB`);
    }
    chunks.push(bytes);
  }
  return Buffer.concat(chunks)
    .toString('utf8')
    .replace(/\r?\n$/, '');
}

function askHidden({ stdin, stderr }: CliHost, question: string): Promise<string> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: stdin, output: nowhere, terminal: true });
  stderr.write(question);
  return new Promise((resolve, reject) => {
    lines.once('line', (line) => {
      resolve(line);
      lines.close();
    });
    lines.once('close', () => {
      stderr.write('\n');
      reject(new AppError('cancelled', 'no value was given; nothing has been changed'));
    });
  });
}
