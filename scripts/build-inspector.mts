import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type BuildOptions, build, type Metafile, type Plugin } from 'esbuild';
import { svgStyle } from '../src/drawing/svg-style.ts';

/** Builds the page of the window into a folder: `index.html`, and the files that it asks for. */
export async function buildInspector(outdir: string): Promise<Metafile> {
  await mkdir(outdir, { recursive: true });
  const [page, worker] = await Promise.all([
    build({
      ...forBrowsers,
      entryPoints: ['inspector/page/page.tsx', 'inspector/page/page.css'],
      outdir,
      jsx: 'automatic',
      jsxImportSource: 'preact',
      plugins: [pictureStyle],
    }),
    build({
      ...forBrowsers,
      entryPoints: ['inspector/page/chart/layout-worker.ts'],
      outdir,
      // Where ELK finds no document it takes the worker for its own, and offers nothing to import.
      define: { document: 'globalThis' },
    }),
  ]);
  await copyFile('inspector/page/index.html', join(outdir, 'index.html'));
  return {
    inputs: { ...page.metafile.inputs, ...worker.metafile.inputs },
    outputs: { ...page.metafile.outputs, ...worker.metafile.outputs },
  };
}

const forBrowsers = {
  bundle: true,
  minify: true,
  format: 'esm',
  platform: 'browser',
  target: 'es2022',
  legalComments: 'none',
  logLevel: 'warning',
  metafile: true,
} as const satisfies BuildOptions;

/** The page forbids styles in a picture: those of the drawing are a part of its style sheet. */
const pictureStyle: Plugin = {
  name: 'picture-style',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^maitred:picture-style$/ }, () => ({ path: 'picture-style', namespace: 'maitred' }));
    onLoad({ filter: /^picture-style$/, namespace: 'maitred' }, () => ({
      contents: svgStyle({ scheme: 'auto' }),
      loader: 'css',
    }));
  },
};
