import type { SourceFile, SourceImport } from './source-file.ts';

/** The parts of the inspector lie beside src and are named relative to it. */
const layers = [
  '../inspector/page',
  '../inspector/server',
  '../inspector/model',
  'cli',
  'app',
  'server',
  'front',
  'tools',
  'runners',
  'drawing',
  'machines',
  'services',
  'hooks',
  'domain',
] as const;
type Layer = (typeof layers)[number];

/** What each layer may import beside itself. */
const below: Readonly<Record<Layer, readonly Layer[]>> = {
  app: ['server', 'front', 'tools', 'runners', 'drawing', 'machines', 'services', 'domain'],
  cli: ['drawing', 'services', 'domain'],
  server: ['tools', 'front', 'domain'],
  tools: ['runners', 'services', 'domain'],
  front: ['domain'],
  runners: ['machines', 'services', 'domain'],
  drawing: ['domain'],
  machines: ['domain'],
  services: ['domain'],
  hooks: ['services', 'domain'],
  domain: [],
  '../inspector/page': ['../inspector/model', 'drawing', 'domain'],
  '../inspector/server': ['../inspector/model', 'domain'],
  '../inspector/model': ['drawing', 'domain'],
};

/** Layers below of which only types may be imported. */
const typesOnly: Readonly<Partial<Record<Layer, readonly Layer[]>>> = {
  tools: ['runners', 'services'],
  '../inspector/server': ['../inspector/model'],
};

/** What files outside that order may import. */
const exceptions: Readonly<Record<string, readonly Layer[]>> = {
  'main.ts': ['app', 'domain'],
  'build-time.d.ts': ['front'],
  'app/command-line.ts': ['cli', ...below.app],
  'app/detached-run.ts': ['cli', ...below.app],
  'app/order.ts': ['cli', ...below.app],
  'app/order-host.ts': ['cli', ...below.app],
  'app/inspector.ts': ['../inspector/server', 'cli', ...below.app],
};

/** Services that every service may import by value. */
const basicServices = ['platform', 'yaml'];

/** Imports upward or sideways. */
export function findImportsOutOfOrder(files: readonly SourceFile[]): string[] {
  const runners = new Set(files.filter(runsMachine).map(({ path }) => path));
  return files.flatMap(({ path, imports }) =>
    imports.flatMap(({ file, kind }) => {
      const objection = file === null ? null : objectionTo(path, file, kind, runners);
      return objection === null ? [] : [`${path} imports ${file}: ${objection}`];
    }),
  );
}

function objectionTo(from: string, to: string, kind: SourceImport['kind'], runners: ReadonlySet<string>) {
  const [fromLayer, toLayer] = [layerOf(from), layerOf(to)];
  if (fromLayer === null && exceptions[from] === undefined) return `${from} belongs to no layer`;
  if (toLayer === null) return `${to} belongs to no layer`;
  const allowed = exceptions[from] ?? (fromLayer === null ? [] : below[fromLayer]);
  if (toLayer !== fromLayer && !allowed.includes(toLayer)) return `${toLayer} is not below ${fromLayer ?? from}`;
  if (fromLayer === 'machines' && to.endsWith('.schema.ts')) return 'machines import no schemas';
  if (fromLayer === 'hooks' && toLayer === 'services' && partOf(to) !== 'platform')
    return 'of services, hooks import platform only';
  if (kind === 'type' || fromLayer === null) return null;
  if (typesOnly[fromLayer]?.includes(toLayer)) return `${fromLayer} import only types of ${toLayer}`;
  const isSibling = fromLayer === toLayer && partOf(from) !== partOf(to);
  if (isSibling && toLayer === 'services' && !basicServices.includes(partOf(to)))
    return 'services import only types of each other';
  if (isSibling && runners.has(to)) return 'runners import only types of each other';
  return null;
}

/** A file of runners/ that runs a machine, unlike one that all of them share. */
const runsMachine = ({ path, imports }: SourceFile): boolean =>
  layerOf(path) === 'runners' && imports.some(({ file, kind }) => kind !== 'type' && file?.endsWith('.machine.ts'));

const layerOf = (path: string): Layer | null => layers.find((layer) => path.startsWith(`${layer}/`)) ?? null;

/** The folder or file below the layer: `audit` of `services/audit/audit.ts`. */
const partOf = (path: string) => path.split('/')[1] ?? '';
