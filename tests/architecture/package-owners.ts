import { builtinModules } from 'node:module';
import type { SourceFile } from './source-file.ts';

/** The places that may import a package. A package without a line here may be imported nowhere. */
const owners: Readonly<Record<string, RegExp>> = {
  xstate: /^(machines\/|runners\/|app\/[^/]+$|\.\.\/inspector\/model\/read-chart\.ts$)/,
  preact: /^\.\.\/inspector\/page\//,
  '@preact/signals': /^\.\.\/inspector\/page\//,
  elkjs: /^\.\.\/inspector\/model\/lay-out-chart\.ts$/,
  '@modelcontextprotocol/sdk': /^server\//,
  commander: /^cli\//,
  yaml: /^services\/(config|yaml)\//,
  'fastest-levenshtein': /^domain\/nearest-name\.ts$/,
  zod: /^(domain\/.*\.schema\.ts$|services\/config\/|tools\/|server\/)/,
  '@pydantic/genai-prices': /^(app\/prices\.ts$|services\/agents\/prices\.ts$)/,
  'node-sqlite3-wasm': /^services\/database\//,
  execa: /^services\/platform\//,
  'node:child_process': /^services\/platform\//,
  'node:process': /^(main\.ts$|hooks\/|services\/(platform|logging)\/|.*-program\.ts$)/,
  'node:console': /^(main\.ts$|services\/(platform|logging)\/)/,
  // The timers of a browser have no refresh(), and what the page waits for is constant and short.
  'node:timers':
    /^(domain\/timers\.ts$|\.\.\/inspector\/page\/(page-state|stream\/follow-stream|chart\/(create-stage|live-region)|widgets\/(clock|notify))\.tsx?$)/,
};

/** Globals that are passed down as arguments, and those that `domain/timers.ts` stands for. */
const ownedGlobals = {
  process: 'node:process',
  console: 'node:console',
  setTimeout: 'node:timers',
  setInterval: 'node:timers',
  'AbortSignal.timeout': 'node:timers',
} as const;

export function findForeignPackages(files: readonly SourceFile[]): string[] {
  return files.flatMap(({ path, imports }) =>
    imports.flatMap(({ specifier, file }) => {
      if (file !== null) return [];
      if (specifier === null) return [`${path} imports by a computed name`];
      const name = packageOf(specifier);
      return isOwner(path, name) ? [] : [`${path} imports ${name}`];
    }),
  );
}

export function findForeignGlobals(files: readonly SourceFile[]): string[] {
  return files.flatMap(({ path, variables }) =>
    Object.entries(ownedGlobals)
      .filter(([name, owned]) => !isOwner(path, owned) && variables.has(name))
      .map(([name]) => `${path} uses ${name}`),
  );
}

function isOwner(path: string, name: string): boolean {
  const owner = owners[name];
  if (owner !== undefined) return owner.test(path);
  return name.startsWith('node:') && !isForBrowsers(path);
}

/** The page runs without Node; the model runs with and without it. */
const isForBrowsers = (path: string): boolean => /^\.\.\/inspector\/(page|model)\//.test(path);

function packageOf(specifier: string): string {
  if (builtinModules.includes(specifier)) return `node:${specifier}`;
  if (/^\w+:/.test(specifier)) return specifier.replace(/(?<=^node:[^/]+)\/.*/, '');
  return /^(@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier;
}
