import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { measureCommands } from './commands.mts';
import { type Figure, isReached } from './figure.mts';
import { measureHooks } from './hooks.mts';
import { measureInspection } from './inspection.mts';
import { measureInspector } from './inspector.mts';
import { measureJournal } from './journal.mts';
import { buildMcpServer, type Kit } from './kit.mts';
import { measureFirstCall, measureList, measureMcpServer } from './list.mts';
import { measureLoading } from './loading.mts';
import { measureLoopStop } from './loop-stop.mts';
import { measureMemory } from './memory.mts';
import { measureProcesses } from './processes.mts';
import { measureRecipeRuns } from './recipe-runs.mts';
import { measureRecipes } from './recipes.mts';
import { measureScenarios } from './scenarios.mts';
import { measureSessions } from './sessions.mts';
import { measureThroughput } from './throughput.mts';
import { measureWrap } from './wrap.mts';

/** The measurements by their --only name, in the order of the report. */
const measurements: Readonly<Record<string, (kit: Kit) => Promise<Figure[]>>> = {
  list: measureList,
  'first-call': measureFirstCall,
  'mcp-server': measureMcpServer,
  memory: measureMemory,
  throughput: measureThroughput,
  'loop-stop': measureLoopStop,
  wrap: measureWrap,
  loading: measureLoading,
  processes: measureProcesses,
  sessions: measureSessions,
  scenarios: measureScenarios,
  recipes: measureRecipes,
  hooks: measureHooks,
  commands: measureCommands,
  inspection: measureInspection,
  inspector: measureInspector,
  journal: measureJournal,
  'recipe-runs': measureRecipeRuns,
};

const buildTimeNote =
  'The handshake and the list are answered from build-time data; a separate row shows how much later the backend (the SDK server) is live.';

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true },
    json: { type: 'boolean', default: false },
    assert: { type: 'boolean', default: false },
    program: { type: 'string', default: resolve(import.meta.dirname, '../dist/maitred.js') },
  },
});
const names = options.only ?? Object.keys(measurements);
const unknown = names.find((name) => measurements[name] === undefined);
if (unknown !== undefined) {
  process.stderr.write(
    `bench: there is no measurement "${unknown}"; there are ${Object.keys(measurements).join(', ')}\n`,
  );
  process.exit(2);
}

const workDir = mkdtempSync(join(tmpdir(), 'maitred-bench-'));
process.on('exit', () => rmSync(workDir, { recursive: true, force: true, maxRetries: 3 }));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));

const kit: Kit = {
  pairs: options.quick ? 5 : 50,
  rounds: options.quick ? 1 : 5,
  workDir,
  program: resolve(options.program),
  mcpServer: await buildMcpServer(workDir),
};
const machine = `Node ${process.versions.node}, ${cpus().length} × ${cpus()[0]?.model ?? 'CPU'}`;
const loadBefore = loadavg();
const figures: Figure[] = [];
if (!options.json) process.stdout.write(`${machine}\n${buildTimeNote}\n\n${heading()}\n`);
for (const name of names) {
  for (const one of (await measurements[name]?.(kit)) ?? []) {
    figures.push(one);
    if (!options.json) process.stdout.write(`${row(one)}\n`);
  }
}
const missed = figures.filter((one) => isReached(one) === false);
if (options.json) {
  const rows = figures.map((one) => ({ ...one, name: one.name.trim(), reached: isReached(one) }));
  process.stdout.write(
    `${JSON.stringify({ machine, loadBefore, loadAfter: loadavg(), buildTimeNote, figures: rows }, null, 2)}\n`,
  );
} else {
  const load = (values: readonly number[]) => values.map((value) => value.toFixed(1)).join(' ');
  process.stdout.write(
    `\n${figures.length} figures, ${missed.length} missed; load average ${load(loadBefore)} → ${load(loadavg())}\n`,
  );
}
process.exitCode = options.assert && missed.length > 0 ? 1 : 0;

function heading(): string {
  return cells('what', 'median', 'min', 'max', 'target', '', '');
}

function row(one: Figure): string {
  const { name, unit, spread, target, details } = one;
  const value = (number: number) => (unit === 'x' ? number.toFixed(2) : `${number.toFixed(1)} ${unit}`);
  const goal = target === null ? '' : 'atMost' in target ? `<= ${target.atMost}` : `>= ${target.atLeast}`;
  const verdict = { true: 'reached', false: 'MISSED', null: '' }[String(isReached(one))] ?? '';
  return cells(name, value(spread.median), value(spread.min), value(spread.max), goal, verdict, details);
}

function cells(
  ...[name, median, min, max, target, verdict, details]: readonly [
    string,
    string,
    string,
    string,
    string,
    string,
    string,
  ]
): string {
  const numbers = [median, min, max].map((text) => text.padStart(9)).join('');
  return `${name.padEnd(55)}${numbers}  ${target.padEnd(8)}${verdict.padEnd(9)}${details}`.trimEnd();
}
