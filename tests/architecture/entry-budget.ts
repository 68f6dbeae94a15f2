import type { Metafile } from 'esbuild';

type Output = Metafile['outputs'][string];

/** The largest size of each, in bytes. */
const entries = { 'src/main.ts': 8 * 1024, 'src/app/open.ts': 96 * 1024, 'src/app/wrap.ts': 114 * 1024 };

/** What may be loaded before the transport is open. */
const allowedInputs: readonly RegExp[] = [
  /^src\/main\.ts$/,
  /^src\/app\/(open|wrap|run-host|server-context|stdio-host|wrap-host|command-behind-front|upstream-answers|cached-handshake|shown-tools|calls-after-turn|backend-loader|client-connection|log-calls|client-connections|lifecycle-view|inspection-access|early-settings|place|stderr|program-files|working-folder|build|early-log|shutdown-triggers|parent-watch|task-runner|transition-log|root-actors|refuse-debugger|refuse-old-node|choose-state-dir)\.ts$/,
  /^src\/runners\/worker-registry\.ts$/,
  /^src\/(front|machines)\//,
  /^src\/services\/(state\/fallback-state-dir|platform\/(proc-stat|read-regular-file|error-code)|config\/config-sources|handshake-cache\/(command-identity|find-executable|package-files|read-handshake))\.ts$/,
  /^src\/domain\/(?!.*\.schema\.ts$)/,
  /^node_modules\/xstate\//,
];

const allowedBuiltins = ['node:fs', 'node:os', 'node:path', 'node:buffer', 'node:module', 'node:vm'];

/** What exceeds the budget of the files that are loaded before the transport is open: modules and bytes. */
export function findOverspending(outputs: Metafile['outputs']): string[] {
  return Object.entries(entries).flatMap(([entryPoint, maxBytes]) => {
    const entry = Object.values(outputs).find((output) => output.entryPoint === entryPoint);
    if (entry === undefined) throw new Error(`no output is made from ${entryPoint}`);
    return findOverspendingIn(entry, maxBytes);
  });
}

function findOverspendingIn(entry: Output, maxBytes: number): string[] {
  const inputs = Object.keys(entry.inputs).filter((path) => !allowedInputs.some((allowed) => allowed.test(path)));
  const imports = new Set(entry.imports.map(({ path }) => path));
  return [
    ...inputs.map((path) => `the entry contains ${path}`),
    ...[...imports].filter((path) => !allowedBuiltins.includes(path)).map((path) => `the entry imports ${path}`),
    ...(entry.bytes > maxBytes ? [`the entry has ${entry.bytes} bytes, more than ${maxBytes}`] : []),
  ];
}
