import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { build, type Metafile } from 'esbuild';

/** Builds the page of the window into a folder: `index.html`, and the files that it asks for. */
export async function buildInspector(outdir: string): Promise<Metafile> {
  await mkdir(outdir, { recursive: true });
  const { metafile } = await build({
    entryPoints: ['inspector/page/page.tsx', 'inspector/page/page.css'],
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
  });
  await copyFile('inspector/page/index.html', join(outdir, 'index.html'));
  return metafile;
}
