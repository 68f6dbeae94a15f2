import { detectPackageManager } from './detect-package-manager.ts';
import { type ProjectFiles, readPackageJson, taskFiles } from './project-files.ts';

export interface DetectedTestCommand {
  /** The program and its arguments. */
  readonly command: readonly string[];
  /** The file that shows it. */
  readonly file: string;
}

type Detector = (files: ProjectFiles) => DetectedTestCommand | null;

/** The project's test command: a script or task named `test`, else the convention of the language. */
export function detectTestCommand(files: ProjectFiles): DetectedTestCommand | null {
  for (const detect of detectors) {
    const found = detect(files);
    if (found !== null) return found;
  }
  return null;
}

const detectors: readonly Detector[] = [
  packageScript,
  taskOf('task', taskfileTasks, ['test-check', 'test']),
  taskOf('make', ruleNames, ['test']),
  taskOf('just', recipeNames, ['test']),
  whereThereIs('Cargo.toml', ['cargo', 'test']),
  whereThereIs('go.mod', ['go', 'test', './...']),
  pytest,
];

const scriptRunners: Readonly<Record<string, readonly string[]>> = {
  pnpm: ['pnpm', 'test'],
  yarn: ['yarn', 'test'],
  // `bun test` is bun's own test runner.
  bun: ['bun', 'run', 'test'],
};

/** `npm init` writes a placeholder script. */
const placeholder = 'no test specified';

function packageScript(files: ProjectFiles): DetectedTestCommand | null {
  const script = readPackageJson(files)?.testScript?.trim() ?? '';
  if (script === '' || script.includes(placeholder)) return null;
  const runner = scriptRunners[detectPackageManager(files)?.name ?? ''];
  return { command: runner ?? ['npm', 'test'], file: 'package.json' };
}

/** The first of the wanted tasks in the file of a task runner. */
function taskOf(
  runner: keyof typeof taskFiles,
  namesIn: (text: string) => readonly string[],
  wanted: readonly string[],
): Detector {
  return (files) => {
    const file = taskFiles[runner].find((name) => files.has(name));
    if (file === undefined) return null;
    const names = namesIn(files.read(file) ?? '');
    const task = wanted.find((name) => names.includes(name));
    return task === undefined ? null : { command: [runner, task], file };
  };
}

/** The keys below `tasks:`. */
function taskfileTasks(text: string): readonly string[] {
  const [, section = ''] = text.split(/^tasks:[^\S\n]*(?:#.*)?$/m);
  const [body = ''] = section.split(/^[^\s#]/m);
  const indentation = /^( +)[^\s#]/m.exec(body)?.[1] ?? '';
  return body
    .split('\n')
    .filter((line) => line.startsWith(indentation) && /^[^\s#]/.test(line.slice(indentation.length)))
    .map((line) => /^\s*(["']?)([^\s"':]+)\1\s*:/.exec(line)?.[2] ?? '');
}

/** The targets of a makefile, without assignments such as `test := 1`. */
function ruleNames(text: string): readonly string[] {
  return text.split('\n').flatMap((line) => {
    const [, targets = ''] = /^([^\s:#=][^:#=]*)::?(?!:*=)/.exec(line) ?? [];
    return targets.trim().split(/\s+/);
  });
}

/** The recipes of a justfile that need no argument, without assignments. */
function recipeNames(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => /^@?([\w-]+)(?:\s+[*+]?[\w-]+=\S*|\s+\*[\w-]+)*\s*:(?!=)/.exec(line)?.[1] ?? '');
}

function whereThereIs(file: string, command: readonly string[]): Detector {
  return (files) => (files.has(file) ? { command, file } : null);
}

/** Signs of pytest: its own file, its section, or its name among the dependencies. */
const pytestSigns: Readonly<Record<string, RegExp>> = {
  'pytest.ini': /^/,
  'pyproject.toml': /^\s*\[tool\.pytest\b|["']pytest(?![\w-])|^\s*pytest\s*=/m,
  'setup.cfg': /^\[tool:pytest\]/m,
  'tox.ini': /^\[pytest\]/m,
};

function pytest(files: ProjectFiles): DetectedTestCommand | null {
  const found = Object.entries(pytestSigns).find(([name, sign]) => {
    const text = files.read(name);
    return text !== null && sign.test(text);
  });
  if (found === undefined) return null;
  const runner = ['uv', 'poetry'].find((name) => files.has(`${name}.lock`));
  return { command: runner === undefined ? ['pytest'] : [runner, 'run', 'pytest'], file: found[0] };
}
