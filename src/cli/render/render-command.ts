import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { AppError } from '../../domain/app-error.ts';
import { printable } from '../../domain/printable-text.ts';
import { drawSvg } from '../../drawing/draw-svg.ts';
import type { DrawnChart } from '../../drawing/drawn-chart.ts';
import type { ColourScheme } from '../../drawing/palette.ts';
import { toMermaid } from '../../drawing/to-mermaid.ts';
import type { CliHost } from '../cli-host.ts';
import { type Paint, paintFor } from '../paint.ts';
import { chartNames, readKnownChart } from './known-charts.ts';
import { writeOutput } from './write-output.ts';

interface RenderOptions {
  readonly format?: keyof typeof formats;
  readonly scheme?: ColourScheme;
  readonly out?: string;
  readonly json?: boolean;
}

const formats = {
  svg: ({ chart, layout }: DrawnChart, scheme: ColourScheme) => drawSvg(chart, layout, scheme),
  mermaid: ({ chart }: DrawnChart) => toMermaid(chart),
  json: (drawn: DrawnChart) => `${JSON.stringify(drawn, null, 2)}\n`,
} as const;

/** `maitred render`: a chart of the program as a picture, without a browser; without a name, which charts there are. */
export function addRenderCommand(program: Command, host: CliHost): void {
  program
    .command('render')
    .description('draw a chart of maitred; without NAME, list the charts')
    .argument('[NAME]', 'such as lifecycle')
    .helpOption('-h, --help', 'print help')
    .addOption(new Option('--format <FORMAT>', 'what to draw it as (default: svg)').choices(Object.keys(formats)))
    .addOption(
      new Option('--scheme <SCHEME>', 'colours of an SVG; auto: as the viewer is set (default: auto)').choices([
        'auto',
        'light',
        'dark',
      ]),
    )
    .option('--out <FILE>', 'write it to a file instead of stdout')
    .option('--json', 'print JSON, for programs: of a chart, the same as --format json')
    .addHelpText(
      'after',
      '\nExample:\n  $ maitred render\n  $ maitred render lifecycle --out lifecycle.svg\n  $ maitred render startup-task --format mermaid',
    )
    .action(async (name: string | undefined, options: RenderOptions) => {
      if (name === undefined) list(host, options);
      else await render(host, name, options);
    });
}

function list(host: CliHost, { format, scheme, out, json: asJson = false }: RenderOptions): void {
  const [useless] = Object.entries({ '--format': format, '--scheme': scheme, '--out': out }).filter(
    ([, value]) => value !== undefined,
  );
  if (useless !== undefined)
    throw new AppError('invalid_input', `${useless[0]} goes with the name of a chart; maitred render lists the names`);
  const charts = chartNames(host.programDir).map((name) => {
    const { chart } = readKnownChart(name, host.programDir);
    return { name, id: chart.id, description: chart.description };
  });
  host.stdout.write(asJson ? `${JSON.stringify({ charts }, null, 2)}\n` : listText(charts, paintFor(host)));
}

function listText(charts: readonly { name: string; description: string | null }[], paint: Paint): string {
  const width = Math.max(...charts.map(({ name }) => name.length));
  return charts
    .map(({ name, description }) => `${paint('strong', name.padEnd(width))}  ${description ?? ''}`.trimEnd())
    .join('\n')
    .concat('\n');
}

async function render(host: CliHost, name: string, options: RenderOptions): Promise<void> {
  const { json: asJson = false, out, scheme } = options;
  const format = options.format ?? (asJson ? 'json' : 'svg');
  if (asJson && format !== 'json')
    throw new AppError('invalid_input', `--json and --format ${format} ask for two things: leave one of them out`);
  if (scheme !== undefined && format !== 'svg')
    throw new AppError('invalid_input', `--scheme colours an SVG, and --format ${format} has no colours`);
  const text = formats[format](readKnownChart(name, host.programDir), scheme ?? 'auto');
  if (out === undefined) {
    host.stdout.write(text);
    return;
  }
  const file = resolve(host.cwd(), out);
  await writeOutput(file, text);
  host.stderr.write(`maitred: ${printable(`${file} is written`)}\n`);
}
