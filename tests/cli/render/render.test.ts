import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { drawKnownCharts } from '../../../scripts/charts/draw-known-charts.mts';
import { drawSvg } from '../../../src/drawing/draw-svg.ts';
import { toMermaid } from '../../../src/drawing/to-mermaid.ts';
import { tempFolder } from '../../doubles/temp-folder.ts';
import { readBuiltProgram } from '../../support/read-built-program.ts';
import { runMaitred } from '../../support/run-maitred.ts';
import { aWorld } from '../../support/spawned-server.ts';
import { runProgram } from '../run-program.ts';

const known = await drawKnownCharts();
const names = known.map(({ name }) => name);
const [chart] = known.filter(({ name }) => name === 'startup-task');
if (chart === undefined) throw new Error('no startup-task');
const svg = drawSvg(chart.chart, chart.layout, 'auto');

const render = (args: readonly string[], cwd = '/') =>
  runProgram(['render', ...args], { programDir: inject('programDir'), cwd: () => cwd });

describe('maitred render', () => {
  it('lists the charts and their descriptions', async () => {
    const { out, err, exits } = await render([]);
    expect({ err, exits }).toEqual({ err: '', exits: [0] });
    const lines = out.trimEnd().split('\n');
    expect(lines.map((line) => line.split(' ')[0])).toEqual(names);
    expect(lines[names.indexOf('lifecycle')]).toMatch(/^lifecycle {9}The whole life of a server/);
  });

  it('lists them as JSON', async () => {
    const { out } = await render(['--json']);
    const { charts } = JSON.parse(out);
    expect(charts.map(({ name }: { name: string }) => name)).toEqual(names);
    expect(charts).toContainEqual({ name: 'startup-task', id: 'startupTask', description: chart.chart.description });
  });

  it.each(['startup-task', 'startupTask', 'STARTUP-TASK'])('draws %s as an SVG', async (name) => {
    expect(await render([name])).toEqual({ out: svg, err: '', exits: [0] });
  });

  it('draws a Mermaid diagram', async () => {
    expect((await render(['startup-task', '--format', 'mermaid'])).out).toBe(toMermaid(chart.chart));
  });

  it.each([['--format', 'json'], ['--json']])('gives chart and layout as JSON: %s %s', async (...args) => {
    expect(JSON.parse((await render(['startup-task', ...args])).out)).toEqual(chart);
  });

  it('colours an SVG as asked', async () => {
    const { out } = await render(['startup-task', '--scheme', 'dark']);
    expect(out).toBe(drawSvg(chart.chart, chart.layout, 'dark'));
  });

  it('names the chart that was probably meant', async () => {
    const { out, err, exits } = await render(['lifecylce']);
    expect({ out, exits }).toEqual({ out: '', exits: [3] });
    expect(err).toBe('maitred: there is no chart "lifecylce"; did you mean lifecycle?\n');
  });

  it('names all charts if none is similar, and stays in their folder', async () => {
    for (const name of ['qqq', '../package', '\u001b[31m', 'x'.repeat(5_000)]) {
      const { err, exits } = await render([name]);
      expect(exits).toEqual([3]);
      expect(err).toContain(`the charts are ${names.join(', ')}\n`);
      expect(err).not.toContain('\u001b');
    }
  });

  it.each([
    [['--format', 'svg'], '--format needs the name of a chart'],
    [['--out', 'x.svg'], '--out needs the name of a chart'],
    [['--out', ''], '--out needs the name of a chart'],
    [['--scheme', 'dark'], '--scheme needs the name of a chart'],
    [['lifecycle', '--json', '--format', 'svg'], '--json and --format svg exclude each other'],
    [['lifecycle', '--scheme', 'dark', '--format', 'mermaid'], '--scheme is only for --format svg'],
    [['lifecycle', '--format', 'png'], 'Allowed choices are svg, mermaid, json'],
  ])('rejects options that do not fit together: %j', async (args, why) => {
    const { out, err, exits } = await render(args);
    expect({ out, exits }).toEqual({ out: '', exits: [2] });
    expect(err).toContain(why);
  });

  it('says if the build is incomplete', async () => {
    const programDir = tempFolder();
    const renderThere = (...args: string[]) => runProgram(['render', ...args], { programDir });
    expect(await renderThere()).toMatchObject({ out: '', exits: [69] });
    mkdirSync(join(programDir, 'charts'));
    writeFileSync(
      join(programDir, 'charts', 'stale.json'),
      JSON.stringify({ ...chart, name: 'stale', hash: 'another' }),
    );
    writeFileSync(join(programDir, 'charts', 'torn.json'), '{');
    for (const name of ['stale', 'torn'])
      expect((await renderThere(name)).err).toBe(
        `maitred: the charts in ${programDir}/charts do not belong to this build; reinstall maitred\n`,
      );
  });
});

describe('maitred render --recipe', () => {
  const recipe = `name: mine
kitchen_rules: [Use the tools.]
steps:
  test: {tool: test_check, on_success: ask, on_failure: escalate}
  ask: {action: confirm, message: Push?, on_success: done, on_failure: end}
  end: {action: stop, message: No.}
`;
  const aFile = (text: string) => {
    const dir = tempFolder();
    writeFileSync(join(dir, 'mine.yaml'), text);
    return dir;
  };

  it('draws a file as a diagram of its steps, with the ends that they lead to', async () => {
    const { out, err, exits } = await render(['--recipe', 'mine.yaml', '--format', 'mermaid'], aFile(recipe));
    expect({ err, exits }).toEqual({ err: '', exits: [0] });
    const arrows = out.split('\n').filter((line) => line.includes('-->') && !line.includes('[*]'));
    expect(arrows.map((line) => line.trim())).toEqual([
      'mine_test --> mine__escalate : test failed',
      'mine_test --> mine_ask : test done',
      'mine_ask --> mine_end : no',
      'mine_ask --> mine__done : yes',
    ]);
  });

  it('draws a recipe of maitred as an SVG, and gives its layout as JSON', async () => {
    const { out, exits } = await render(['--recipe', 'demo']);
    expect(exits).toEqual([0]);
    for (const step of ['plan', 'implement', 'approve', 'rejected']) expect(out).toContain(`>${step}<`);
    const drawn = JSON.parse((await render(['--recipe', 'demo', '--json'])).out);
    expect(drawSvg(drawn.chart, drawn.layout, 'auto')).toBe(out);
  });

  it.each([
    [['--recipe', 'demoo'], 3, 'there is no recipe "demoo"; did you mean demo?'],
    [['--recipe', 'mine.yaml'], 2, 'mine.yaml has errors; maitred recipes check'],
    [['--recipe', 'demo', 'lifecycle'], 2, 'NAME and --recipe exclude each other'],
    [['--recipe', 'demo', '--scheme', 'dark', '--json'], 2, '--scheme is only for --format svg'],
  ])('says what is wrong with %j', async (args, code, why) => {
    const { out, err, exits } = await render(args, aFile(recipe.replace('on_success: ask', 'on_success: aks')));
    expect({ out, exits }).toEqual({ out: '', exits: [code] });
    expect(err).toContain(why);
  });
});

describe('maitred render --out', () => {
  it('writes a file, and says so on stderr', async () => {
    const dir = tempFolder();
    const { out, err, exits } = await render(['startup-task', '--out', 'task.svg'], dir);
    expect({ out, err, exits }).toEqual({ out: '', err: `maitred: wrote ${join(dir, 'task.svg')}\n`, exits: [0] });
    expect(readFileSync(join(dir, 'task.svg'), 'utf8')).toBe(svg);
    expect(readdirSync(dir)).toEqual(['task.svg']);
  });

  it('gives a new file the default permissions of the user', async () => {
    const dir = tempFolder();
    writeFileSync(join(dir, 'any.txt'), '');
    await render(['startup-task', '--out', 'task.svg'], dir);
    expect(statSync(join(dir, 'task.svg')).mode).toBe(statSync(join(dir, 'any.txt')).mode);
  });

  it('keeps the permissions of an existing file, and follows a link to it', async () => {
    const dir = tempFolder();
    writeFileSync(join(dir, 'old.svg'), 'old');
    chmodSync(join(dir, 'old.svg'), 0o664);
    symlinkSync('old.svg', join(dir, 'link.svg'));
    await render(['startup-task', '--out', 'link.svg'], dir);
    expect(readFileSync(join(dir, 'old.svg'), 'utf8')).toBe(svg);
    expect(statSync(join(dir, 'old.svg')).mode & 0o777).toBe(0o664);
    expect(readdirSync(dir).sort()).toEqual(['link.svg', 'old.svg']);
  });

  it('rejects a folder and a device', async () => {
    for (const file of [tempFolder(), '/dev/null']) {
      const { err, exits } = await render(['startup-task', '--out', file]);
      expect({ err, exits }).toEqual({
        err: `maitred: ${file} is not a regular file: name another, or leave out --out and redirect stdout\n`,
        exits: [2],
      });
    }
  });

  it('makes no folder, and names the one that is missing', async () => {
    const dir = tempFolder();
    symlinkSync('gone/task.svg', join(dir, 'link.svg'));
    for (const [file, folder] of [
      ['a/b/task.svg', 'a/b'],
      ['link.svg', 'gone'],
    ] as const) {
      const { out, err, exits } = await render(['startup-task', '--out', file], dir);
      expect({ out, err, exits }).toEqual({
        out: '',
        err: `maitred: the folder ${join(dir, folder)} does not exist: make it first, or name another with --out\n`,
        exits: [3],
      });
    }
    expect(readdirSync(dir)).toEqual(['link.svg']);
  });

  it('names the file that it cannot write', async () => {
    const dir = tempFolder();
    writeFileSync(join(dir, 'file'), '');
    const inFile = await render(['startup-task', '--out', 'file/task.svg'], dir);
    expect(inFile.exits).toEqual([69]);
    expect(inFile.err).toContain(`${join(dir, 'file/task.svg')} cannot be written (ENOTDIR)`);
  });
});

describe('the built program', () => {
  it('draws what the docs show', async () => {
    const { code, stdout, stderr } = await runMaitred(aWorld(), 'render', 'lifecycle');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toBe(readFileSync('docs/machines/lifecycle.svg', 'utf8'));
  });

  it('contains the layouts, and the layout library only for the inspector, with its licence', () => {
    const programDir = inject('programDir');
    expect(readdirSync(join(programDir, 'charts'))).toEqual(names.map((name) => `${name}.json`));
    const withElk = Object.entries(readBuiltProgram().metafile.outputs)
      .filter(([, { inputs }]) => Object.keys(inputs).some((path) => path.includes('node_modules/elkjs/')))
      .map(([path]) => basename(path));
    expect(withElk).toEqual(['layout-worker.js']);
    expect(readFileSync(join(programDir, 'THIRD_PARTY_LICENSES.txt'), 'utf8')).toContain('elkjs');
  });
});
