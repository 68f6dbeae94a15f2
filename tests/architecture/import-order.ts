import type { SourceFile, SourceImport } from './source-file.ts';

/** The parts of the inspector, which lie beside src, are named by their way from there. */
const layers = [
  '../inspector/page',
  '../inspector/server',
  '../inspector/model',
  'cli',
  'app',
  'server',
  'front',
  'tools',
  'drawing',
  'machines',
  'services',
  'hooks',
  'domain',
] as const;
type Layer = (typeof layers)[number];

/** What each layer may import beside itself. */
const below: Readonly<Record<Layer, readonly Layer[]>> = {
  app: ['server', 'front', 'tools', 'drawing', 'machines', 'services', 'domain'],
  cli: ['drawing', 'services', 'domain'],
  server: ['tools', 'front', 'domain'],
  tools: ['services', 'domain'],
  front: ['domain'],
  drawing: ['domain'],
  machines: ['domain'],
  services: ['domain'],
  hooks: ['services', 'domain'],
  domain: [],
  '../inspector/page': ['../inspector/model', 'drawing', 'domain'],
  '../inspector/server': ['../inspector/model', 'domain'],
  '../inspector/model': ['drawing', 'domain'],
};

/** What files outside that order may import. */
const exceptions: Readonly<Record<string, readonly Layer[]>> = {
  'main.ts': ['app', 'domain'],
  'build-time.d.ts': ['front'],
  'app/command-line.ts': ['cli', ...below.app],
  'app/inspector.ts': ['../inspector/server', 'cli', ...below.app],
};

/** Imports upward or sideways. */
export function findImportsOutOfOrder(files: readonly SourceFile[]): string[] {
  return files.flatMap((file) =>
    file.imports.flatMap((found) => {
      const why = found.file === null ? null : whyNot(file.path, found.file, found);
      return why === null ? [] : [`${file.path} imports ${found.file}: ${why}`];
    }),
  );
}

function whyNot(from: string, to: string, { kind }: SourceImport): string | null {
  const [fromLayer, toLayer] = [layerOf(from), layerOf(to)];
  if (fromLayer === null && exceptions[from] === undefined) return `${from} has no place in the order`;
  if (toLayer === null) return `${to} is nobody's to import`;
  const allowed = exceptions[from] ?? (fromLayer === null ? [] : below[fromLayer]);
  if (toLayer !== fromLayer && !allowed.includes(toLayer)) return `${toLayer} is not below ${fromLayer ?? from}`;
  if (fromLayer === '../inspector/server' && toLayer === '../inspector/model' && kind !== 'type')
    return "the inspector's server knows the types of its page only";
  if (fromLayer === 'machines' && to.endsWith('.schema.ts')) return 'charts know no schemas';
  if (fromLayer === 'tools' && toLayer === 'services' && kind !== 'type')
    return 'tools know the types of services only';
  if (fromLayer === 'hooks' && toLayer === 'services' && serviceOf(to) !== 'platform')
    return 'hooks know the platform only';
  if (fromLayer === 'services' && toLayer === 'services') return whyNotSibling(serviceOf(from), serviceOf(to), kind);
  return null;
}

function whyNotSibling(from: string, to: string, kind: SourceImport['kind']): string | null {
  if (from === to || to === 'platform' || to === 'yaml' || kind === 'type') return null;
  return 'services know the types of their siblings only';
}

const layerOf = (path: string): Layer | null => layers.find((layer) => path.startsWith(`${layer}/`)) ?? null;
const serviceOf = (path: string) => path.split('/')[1] ?? '';
