// A server that does nothing but log: `append-lines PATH MAX_BYTES NAME LINES` says `ready`, waits for a word on stdin, and
// appends its lines.
import { openLogFile } from '../../../src/services/logging/log-file.ts';

const [path = '', maxBytes = '', name = '', lines = ''] = process.argv.slice(2);
const file = openLogFile({ path, maxBytes: Number(maxBytes), keep: 1_000 });
process.stdin.once('data', () => {
  for (let number = 0; number < Number(lines); number += 1) file.append(`${name}-${number} ${'.'.repeat(80)}\n`);
  file.close();
  process.stdin.pause();
});
process.stdout.write('ready');
