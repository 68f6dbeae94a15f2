import { parseArgs } from 'node:util';
import { execa } from 'execa';
import { cloneProgram, connect } from '../connect.mts';

const [first, ...rest] = process.argv.slice(2);
if (first === '@modelcontextprotocol/inspector') await inspect(rest);
else await execa(cloneProgram('mcp-server-everything'), { stdio: 'inherit' });

/** `--cli COMMAND --method tools/call --tool-name NAME --tool-arg NAME=VALUE …` */
async function inspect([, ...args]: readonly string[]) {
  const end = args.indexOf('--method');
  const { values } = parseArgs({
    args: args.slice(end),
    options: {
      method: { type: 'string' },
      'tool-name': { type: 'string', default: '' },
      'tool-arg': { type: 'string', multiple: true, default: [] },
    },
  });
  const given = values['tool-arg'].map((text) => text.split('=', 2) as [string, string]);
  await connect(args.slice(0, end), async (client) => {
    const result = await client.callTool({ name: values['tool-name'], arguments: Object.fromEntries(given) });
    process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
  });
}
