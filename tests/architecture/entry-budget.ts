import type { Metafile } from 'esbuild';

type Output = Metafile['outputs'][string];

const maxBytes = 96 * 1024;

/** What may be loaded before the transport is open. */
const allowedInputs: readonly RegExp[] = [
  /^src\/main\.ts$/,
  /^src\/app\/(open|build|host|early-log|read-door|ends|parent-watch|task-runner|session|door|transition-log)\.ts$/,
  /^src\/(app\/actors|front|machines)\//,
  /^src\/domain\/(?!.*\.schema\.ts$)/,
  /^node_modules\/xstate\//,
  /^maitred:handshake$/,
];

const allowedBuiltins = ['node:fs', 'node:os', 'node:path', 'node:buffer', 'node:module'];

/** What the program's entry loads or weighs beyond its budget. */
export function findOverspending(entry: Output, chunkNames: readonly string[]): string[] {
  const inputs = Object.keys(entry.inputs).filter((path) => !allowedInputs.some((allowed) => allowed.test(path)));
  const imports = new Set(entry.imports.map(({ path }) => path));
  return [
    ...inputs.map((path) => `the entry contains ${path}`),
    ...[...imports]
      .filter((path) => !allowedBuiltins.includes(path) && !chunkNames.some((name) => path === `./${name}`))
      .map((path) => `the entry imports ${path}`),
    ...(entry.bytes > maxBytes ? [`the entry has ${entry.bytes} bytes, more than ${maxBytes}`] : []),
  ];
}
