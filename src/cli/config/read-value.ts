import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { AppError } from '../../domain/app-error.ts';
import type { CliHost } from '../cli-host.ts';

const longestValueMib = 1;

/**
 * The value of an argument; `-` reads stdin, without its last line break. On a terminal it asks for one line and hides what is typed.
 * @throws AppError `invalid_input` for an empty value or one over 1 MiB; `cancelled` if the person presses ^C or ^D
 */
export async function readValue(host: CliHost, key: string, argument: string): Promise<string> {
  if (argument !== '-') return argument;
  const text = host.stdin.isTTY ? await askHidden(host, `${key}: `) : await readAll(host.stdin, key);
  if (text !== '') return text;
  throw new AppError('invalid_input', `stdin has no value for ${key}; pass "" to clear it`);
}

async function readAll(stdin: CliHost['stdin'], key: string): Promise<string> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of stdin) {
    const bytes = Buffer.from(chunk);
    sizeBytes += bytes.length;
    const limit = `${longestValueMib} MiB`;
    if (sizeBytes > longestValueMib * 1024 * 1024)
      throw new AppError('invalid_input', `the value of ${key} on stdin is longer than ${limit}; shorten it`);
    chunks.push(bytes);
  }
  const text = Buffer.concat(chunks).toString('utf8');
  return text.replace(/\r?\n$/, '');
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
      reject(new AppError('cancelled', 'no value was given; nothing was changed'));
    });
  });
}
