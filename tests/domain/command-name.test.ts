import { expect, it } from 'vitest';
import { commandName } from '../../src/domain/command-name.ts';

it.each([
  ['/usr/local/bin/some-server --port 1', 'some-server'],
  ['./server.sh', 'server.sh'],
  ['npx -y @scope/pkg@1.2 --flag /data', '@scope/pkg'],
  ['/usr/bin/npx some-server', 'some-server'],
  ['npx --yes some-server@latest', 'some-server'],
  ['npx -y -p @scope/pkg some-bin', 'some-bin'],
  ['npx --package=@scope/pkg some-bin', 'some-bin'],
  ['npx -- some-server', 'some-server'],
  ['npx -y https://host.example/files/server.tgz', 'server.tgz'],
  ['npx ./local/server', 'server'],
  ['npm exec -- @scope/pkg@^2', '@scope/pkg'],
  ['npm --prefix /x run mcp', 'mcp'],
  ['pnpm dlx some-server@2', 'some-server'],
  ['yarn dlx @scope/pkg', '@scope/pkg'],
  ['bunx @scope/pkg@next', '@scope/pkg'],
  ['bun run /x/server.ts', 'x'],
  ['uvx some-server==1.2', 'some-server'],
  ['uvx some-server[extra]', 'some-server'],
  ['uvx --from git+https://host.example/a/b serve-it start', 'serve-it'],
  ['uv run --directory /x server.py', 'server.py'],
  ['uv --directory /x run server.py', 'server.py'],
  ['uv tool run some-server', 'some-server'],
  ['uv run -m pkg.server', 'pkg.server'],
  ['pipx run some-server', 'some-server'],
  ['node /x/dist/server.js --stdio', 'x'],
  ['node node_modules/@scope/shop/dist/index.js', 'shop'],
  ['node --import tsx -r ./hook.cjs --max-old-space-size=99 server.ts', 'server.ts'],
  ['tsx src/index.ts', 'index.ts'],
  ['python3.12 -u server.py', 'server.py'],
  ['python -m some_server', 'some_server'],
  ['deno run -A npm:@scope/pkg@1', '@scope/pkg'],
  ['java -jar /x/server.jar', 'server.jar'],
  ['docker run -i --rm -e TOKEN ghcr.io/owner/some-server:latest', 'some-server'],
  ['podman run -i owner/some-server@sha256:0a', 'some-server'],
])('The command %s is called %s', (command, name) => {
  const [file = '', ...args] = command.split(' ');
  expect(commandName(file, args)).toBe(name);
});

it.each(['npx', 'npx -y', 'node -e code', 'python3 -c code', 'node .', 'uv run'])(
  'A command that names no package and no script is called like its program: %s',
  (command) => {
    const [file = '', ...args] = command.split(' ');
    expect(commandName(file, args)).toBe(file);
  },
);
