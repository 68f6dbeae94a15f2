import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { build, type Metafile, type Plugin } from 'esbuild';
import { svgStyle } from '../src/drawing/svg-style.ts';

/** Builds the page of the inspector into a folder: `index.html` and the files that it loads. */
export async function buildInspector(outdir: string): Promise<Metafile> {
  await mkdir(outdir, { recursive: true });
  const { metafile } = await build({
    entryPoints: [
      { in: 'inspector/page/page.tsx', out: 'page' },
      { in: 'inspector/page/page.css', out: 'page' },
      { in: 'inspector/page/chart/layout-worker.ts', out: 'layout-worker' },
    ],
    outdir,
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    legalComments: 'none',
    logLevel: 'warning',
    metafile: true,
    plugins: [pictureStyle],
  });
  await copyFile('inspector/page/index.html', join(outdir, 'index.html'));
  return metafile;
}

/** The page's policy forbids styles in a picture, so its style sheet includes those of the drawing. */
const pictureStyle: Plugin = {
  name: 'picture-style',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^maitred:picture-style$/ }, ({ path }) => ({ path, namespace: 'maitred' }));
    onLoad({ filter: /./, namespace: 'maitred' }, () => ({ contents: svgStyle('auto'), loader: 'css' }));
  },
};
