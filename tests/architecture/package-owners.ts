import { builtinModules } from 'node:module';
import type { SourceFile } from './source-file.ts';
import type { Token } from './source-tokens.ts';

/** The places that may import a package; a package without a line here is nobody's. */
const owners: Readonly<Record<string, RegExp>> = {
  xstate: /^(machines\/|runners\/|app\/|\.\.\/inspector\/model\/read-chart\.ts$)/,
  preact: /^\.\.\/inspector\/page\//,
  '@preact/signals': /^\.\.\/inspector\/page\//,
  elkjs: /^\.\.\/inspector\/model\/lay-out-chart\.ts$/,
  '@modelcontextprotocol/sdk': /^server\//,
  commander: /^cli\//,
  yaml: /^services\/(config|yaml)\//,
  'fastest-levenshtein': /^services\/yaml\//,
  zod: /^(domain\/.*\.schema\.ts$|services\/config\/|tools\/|server\/)/,
  'node-sqlite3-wasm': /^services\/database\//,
  execa: /^services\/platform\//,
  'node:child_process': /^services\/platform\//,
  'node:process': /^(main\.ts$|hooks\/|services\/(platform|logging)\/|.*-program\.ts$)/,
  'node:console': /^(main\.ts$|services\/(platform|logging)\/)/,
};

/** Globals that are handed down as arguments. */
const ownedGlobals = { process: 'node:process', console: 'node:console' } as const;

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
  return files.flatMap(({ path, tokens }) =>
    Object.entries(ownedGlobals)
      .filter(([name, owned]) => !isOwner(path, owned) && tokens.some((_, at) => isGlobalAt(tokens, at, name)))
      .map(([name]) => `${path} uses ${name}`),
  );
}

/** A word that is neither a member of something else nor the name of a property. */
function isGlobalAt(tokens: readonly Token[], at: number, name: string): boolean {
  const [twoBefore, before, word, next, afterNext] = [-2, -1, 0, 1, 2].map((offset) => tokens[at + offset]);
  if (word?.kind !== 'word' || word.text !== name) return false;
  const isMember = /^\??\.$/.test(before?.text ?? '') && twoBefore?.text !== 'globalThis';
  const isKey = next?.text === ':' || (next?.text === '?' && afterNext?.text === ':');
  return !isMember && !isKey;
}

function isOwner(path: string, name: string): boolean {
  const owner = owners[name];
  if (owner !== undefined) return owner.test(path);
  return name.startsWith('node:') && !isForBrowsers(path);
}

/** The page runs where there is no Node, and the model in both. */
const isForBrowsers = (path: string): boolean => /^\.\.\/inspector\/(page|model)\//.test(path);

function packageOf(specifier: string): string {
  if (builtinModules.includes(specifier)) return `node:${specifier}`;
  if (/^\w+:/.test(specifier)) return specifier.replace(/(?<=^node:[^/]+)\/.*/, '');
  return /^(@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier;
}
