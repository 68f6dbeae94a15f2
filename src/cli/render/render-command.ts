import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { AppError } from '../../domain/app-error.ts';
import type { DrawnChart } from '../../drawing/chart.ts';
import { drawSvg } from '../../drawing/draw-svg.ts';
import type { ColourScheme } from '../../drawing/palette.ts';
import { toMermaid } from '../../drawing/to-mermaid.ts';
import { cannotWrite } from '../../services/platform/cannot-write.ts';
import { replaceFile } from '../../services/platform/files.ts';
import { realPathOf } from '../../services/platform/real-path.ts';
import type { CliHost } from '../cli-host.ts';
import { examples } from '../help-text.ts';
import { projectOption } from '../project-config.ts';
import { jsonText, type Paint, paintFor, writeRemark } from '../report.ts';
import { drawRecipe } from './draw-recipe.ts';
import { chartNames, readKnownChart } from './known-charts.ts';

interface RenderOptions {
  readonly recipe?: string;
  readonly project?: string;
  readonly format?: keyof typeof formats;
  readonly scheme?: ColourScheme;
  readonly out?: string;
  readonly json?: boolean;
}

const formats = {
  svg: ({ chart, layout }: DrawnChart, scheme: ColourScheme) => drawSvg(chart, layout, scheme),
  mermaid: ({ chart }: DrawnChart) => toMermaid(chart),
  json: (drawn: DrawnChart) => jsonText(drawn),
} as const;

/** `maitred render`: draws a chart of the program, or a recipe, without a browser; without a name, lists the charts. */
export function addRenderCommand(program: Command, host: CliHost): void {
  program
    .command('render')
    .description('draw a chart of maitred, or a recipe; without either, list the charts')
    .argument('[NAME]', 'such as lifecycle')
    .option('--recipe <NAME|FILE>', 'draw a recipe: a name from maitred recipes list, or the path of a file')
    .option(...projectOption)
    .addOption(new Option('--format <FORMAT>', 'the output format (default: svg)').choices(Object.keys(formats)))
    .addOption(
      new Option('--scheme <SCHEME>', 'the colours of an SVG; auto follows the viewer (default: auto)').choices([
        'auto',
        'light',
        'dark',
      ]),
    )
    .option('--out <FILE>', 'write to a file instead of stdout')
    .option('--json', 'print JSON, for programs; with NAME, same as --format json')
    .addHelpText(
      ...examples(
        'maitred render',
        'maitred render lifecycle --out lifecycle.svg',
        'maitred render startup-task --format mermaid',
        'maitred render --recipe demo --out demo.svg',
      ),
    )
    .action(async (name: string | undefined, options: RenderOptions) => {
      const { recipe } = options;
      if (name !== undefined && recipe !== undefined)
        throw new AppError('invalid_input', 'NAME and --recipe exclude each other: leave one out');
      if (recipe !== undefined) await render(host, () => drawRecipe(host, recipe, options), options);
      else if (name === undefined) list(host, options);
      else await render(host, () => readKnownChart(name, host.programDir), options);
    });
}

function list(host: CliHost, { format, scheme, out, json: asJson = false }: RenderOptions): void {
  const drawing = Object.entries({ '--format': format, '--scheme': scheme, '--out': out });
  const [useless] = drawing.find(([, value]) => value !== undefined) ?? [];
  if (useless !== undefined)
    throw new AppError('invalid_input', `${useless} needs the name of a chart; maitred render lists the names`);
  const charts = chartNames(host.programDir).map((name) => {
    const { chart } = readKnownChart(name, host.programDir);
    return { name, id: chart.id, description: chart.description };
  });
  host.stdout.write(asJson ? jsonText({ charts }) : listText(charts, paintFor(host)));
}

function listText(charts: readonly { name: string; description: string | null }[], paint: Paint): string {
  const width = Math.max(...charts.map(({ name }) => name.length));
  return charts
    .map(({ name, description }) => `${paint('strong', name.padEnd(width))}  ${description ?? ''}`.trimEnd())
    .join('\n')
    .concat('\n');
}

async function render(
  host: CliHost,
  draw: () => DrawnChart | Promise<DrawnChart>,
  options: RenderOptions,
): Promise<void> {
  const { json: asJson = false, out, scheme } = options;
  const format = options.format ?? (asJson ? 'json' : 'svg');
  if (asJson && format !== 'json')
    throw new AppError('invalid_input', `--json and --format ${format} exclude each other: leave one out`);
  if (scheme !== undefined && format !== 'svg')
    throw new AppError('invalid_input', `--scheme is only for --format svg: leave it out with --format ${format}`);
  const text = formats[format](await draw(), scheme ?? 'auto');
  if (out === undefined) {
    host.stdout.write(text);
    return;
  }
  const file = resolve(host.cwd(), out);
  await writeOutput(file, text);
  writeRemark(host, `wrote ${file}`);
}

/**
 * Writes a file atomically and keeps the permissions of an existing one. Makes no folder: a missing one is a typing error.
 * @throws AppError `invalid_input` for anything but a regular file; `not_found` for a missing folder; `unavailable` if it cannot be written
 */
async function writeOutput(file: string, text: string): Promise<void> {
  const old = await stat(file).catch(() => null);
  const fix = 'name another, or leave out --out and redirect stdout';
  if (old !== null && !old.isFile()) throw new AppError('invalid_input', `${file} is not a regular file: ${fix}`);
  const folder = dirname(realPathOf(file));
  if (!existsSync(folder))
    throw new AppError('not_found', `the folder ${folder} does not exist: make it first, or name another with --out`);
  await replaceFile(file, text, 0o666).catch((thrown: unknown) => {
    throw thrown instanceof AppError ? thrown : cannotWrite(file, thrown);
  });
}
