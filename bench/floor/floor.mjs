// The floor: the least that Node needs to answer initialize, tools/list and ping. It imports nothing and knows its answers;
// the bench puts those of the real server in place of the two names below.
const answers = { initialize: __INITIALIZE__, 'tools/list': __TOOLS_LIST__, ping: '{}' };
let rest = '';
process.stdin.setEncoding('utf8');
process.stdin.on('data', (chunk) => {
  const lines = (rest + chunk).split('\n');
  rest = lines.pop();
  for (const line of lines) {
    const { id, method } = JSON.parse(line);
    if (id !== undefined) process.stdout.write(`{"jsonrpc":"2.0","id":${id},"result":${answers[method]}}\n`);
  }
});
