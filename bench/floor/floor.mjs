// The floor: the shortest Node script that answers initialize, tools/list and ping. It imports nothing; the bench replaces the two
// names below by the answers of the real server.
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
