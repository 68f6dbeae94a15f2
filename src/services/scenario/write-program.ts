import { writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { basename, dirname, join, normalize } from 'node:path';
import type { JsonObject } from '../../domain/json-object.ts';
import type { Redactor } from '../../domain/redact.ts';
import { arrivalsOf } from '../../domain/scenario/arrivals.ts';
import type { Placeholders } from '../../domain/scenario/placeholders.ts';
import {
  type Arrival,
  isWritablePath,
  type KeptContent,
  mostArrivals,
  mostFilesOfStep,
  mostSentences,
  type WrittenFile,
} from '../../domain/scenario/scenario.ts';
import { makeFolderSync } from '../platform/make-folder.ts';
import { type CleanTexts, joinCaptured, keepContent } from './keep-content.ts';
import { redactContentsOf } from './named-secrets.ts';
import { recordedWords } from './recorded-arguments.ts';
import { fileMode, folderMode } from './scenario-folder.ts';
import type { CapturedFile, CapturedProgram } from './scenario-recorder.ts';
import { stepYaml } from './scenario-yaml.ts';

/** Such a content is written sooner than a thread is found for it. */
const smallBytes = 64 * 1024;

/**
 * Writes what a program has done into the folder of its call: `1.yaml`, and its contents beside that.
 * @throws AppError, and Node's own errors
 */
export async function writeProgram(
  dir: string,
  number: number,
  program: CapturedProgram,
  {
    redact,
    placeholders,
    callArgs,
  }: { readonly redact: Redactor; readonly placeholders: Placeholders; readonly callArgs: unknown },
): Promise<void> {
  const { logDir, exit, reason, elapsedMs, others } = program;
  const ofProgram = logDir === null ? placeholders : placeholders.withPlaces([{ name: 'log', value: logDir }]);
  const texts: CleanTexts = {
    redact: redactContentsOf(program, callArgs, redact),
    abstract: (text) => ofProgram.abstract(text),
  };
  const clean = (text: string) => texts.abstract(texts.redact(text));

  const keep = async (file: string, joined: ReturnType<typeof joinCaptured>): Promise<KeptContent> => {
    const { content, kept } = keepContent(joined, texts);
    if (kept === null) return content;
    makeFolderSync(dirname(join(dir, file)), folderMode);
    const options = { flag: 'wx', mode: fileMode };
    if (kept.length > smallBytes) await writeFile(join(dir, file), kept, options);
    else writeFileSync(join(dir, file), kept, options);
    return { file, ...content };
  };
  const streams = { stdout: joinCaptured(program.stdout), stderr: joinCaptured(program.stderr) };
  const arrivals = program.arrivals.map((arrival) => ({
    ...arrival,
    atMs: Math.round(arrival.atMs),
    bytes: streams[arrival.stream].endOf(arrival.bytes),
  }));
  const output = arrivalsOf(arrivals, { stdout: streams.stdout.bytes, stderr: streams.stderr.bytes });

  const argv = recordedWords(program.args, redact).map(texts.abstract);
  const folder = texts.abstract(redact.text(program.cwd));
  const environment = Object.entries(redact.value(program.env) as JsonObject);
  const stdin = program.stdin && (await keep(`${number}.stdin`, joinCaptured(program.stdin)));
  const stdout = await keep(`${number}.stdout`, streams.stdout);
  const stderr = await keep(`${number}.stderr`, streams.stderr);

  const files: WrittenFile[] = [];
  const leftOut = program.filesLeftOut.map(clean);
  const nameFile = createFileNames(`${number}.files`);
  for (const captured of program.files) {
    const path = clean(captured.path);
    const whyNot = whyNoFile(captured, path, texts, files.length);
    if (whyNot !== null) leftOut.push(`${path} is not kept: ${whyNot}.`);
    else files.push({ path, ...(await keepFile(captured, (joined) => keep(nameFile(path), joined), clean)) });
  }

  const text = stepYaml({
    program: texts.abstract(redact.text(basename(program.file))),
    arguments: argv,
    folder,
    ...(environment.length > 0 && {
      environment: Object.fromEntries(environment.map(([name, value]) => [name, texts.abstract(String(value))])),
    }),
    ...(stdin !== null && { stdin }),
    stdout,
    stderr,
    ended: { ...exit, reason, after_ms: Math.round(elapsedMs), others },
    files: files.sort((a, b) => (a.path < b.path ? -1 : 1)),
    ...(leftOut.length > 0 && { files_left_out: bounded(leftOut) }),
    output: thinned(output),
  });
  writeFileSync(join(dir, `${number}.yaml`), text, { flag: 'wx', mode: fileMode });
}

function whyNoFile({ path }: CapturedFile, abstracted: string, texts: CleanTexts, filesBefore: number): string | null {
  if (filesBefore >= mostFilesOfStep) return `the program has written more than ${mostFilesOfStep} files`;
  if (normalize(path) !== path || !isWritablePath(abstracted)) return 'it is not below a place that a replay writes to';
  return texts.redact(path) === path ? null : 'its path holds a secret';
}

const permissions = 0o777;

async function keepFile(
  { content, sizeBytes, mode }: CapturedFile,
  keep: (joined: ReturnType<typeof joinCaptured>) => Promise<KeptContent>,
  clean: (text: string) => string,
): Promise<Omit<WrittenFile, 'path'>> {
  if (content === 'removed') return { removed: true, bytes: 0 };
  const octal = { mode: (mode & permissions).toString(8).padStart(4, '0') };
  if ('whyNot' in content) return { ...octal, bytes: sizeBytes, why_not: clean(content.whyNot) };
  return { ...octal, ...(await keep(joinCaptured(content))) };
}

const longestPart = 80;
const longestName = 400;

/**
 * Names files like their paths: `1.files/project/dist/a.js`. Names are safe on every system, and mean nothing to git: a `.gitignore` is
 * `_gitignore`. Each is unique, also where case does not count.
 */
function createFileNames(folder: string): (path: string) => string {
  const files = new Set<string>();
  const folders = new Set<string>();
  return (path) => {
    const parts = path.split('/').map(
      (part) =>
        part
          .replace(/<<|>>/g, '')
          .replace(/[^\w.@+-]+/g, '-')
          .replace(/^\./, '_')
          .slice(0, longestPart) || '_',
    );
    const above = parts.slice(0, -1).map((_, at) =>
      parts
        .slice(0, at + 1)
        .join('/')
        .toLowerCase(),
    );
    const like = parts.join('/');
    const isFree =
      like.length <= longestName &&
      ![...above, like.toLowerCase()].some((name) => files.has(name)) &&
      !folders.has(like.toLowerCase());
    // The first part of all others is a place, which has no `-`.
    const name = isFree ? like : `${files.size}-${parts.at(-1)}`;
    files.add(name.toLowerCase());
    if (isFree) for (const each of above) folders.add(each);
    return `${folder}/${name}`;
  };
}

const bounded = (sentences: readonly string[]): readonly string[] =>
  sentences.length <= mostSentences
    ? sentences
    : [...sentences.slice(0, mostSentences - 1), `… and ${sentences.length - mostSentences + 1} more`];

/** Of too many rows, the last ones become one for each stream. */
function thinned(rows: readonly Arrival[]): readonly Arrival[] {
  if (rows.length <= mostArrivals) return rows;
  const rest = rows.slice(mostArrivals - 2);
  const atMs = rest.at(-1)?.[0] ?? 0;
  const last = (['stdout', 'stderr'] as const).map((stream): Arrival => {
    const lines = rest.filter((row) => row[1] === stream).reduce((sum, row) => sum + row[2], 0);
    return [atMs, stream, lines];
  });
  return [...rows.slice(0, mostArrivals - 2), ...last.filter(([, , lines]) => lines > 0)];
}
