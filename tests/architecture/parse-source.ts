import { type Argument, parseSync, Visitor, type VisitorObject } from 'oxc-parser';

export interface Import {
  /** null: the name is computed. */
  readonly specifier: string | null;
  /** `type`: the program does not load it. */
  readonly kind: 'type' | 'static' | 'dynamic';
}

/** What the rules need to know of a source. */
export interface ParsedSource {
  /** Import and export declarations, import(), types by import(), require. */
  readonly imports: readonly Import[];
  /** Every identifier, wherever it stands. */
  readonly names: ReadonlySet<string>;
  /** Identifiers that are used as variables. A key or a member is not one, except a member of globalThis, and `AbortSignal.timeout`. */
  readonly variables: ReadonlySet<string>;
  /** The values that are declared and exported here; types and re-exports are left out. */
  readonly exportedValues: readonly string[];
  readonly hasDefaultExport: boolean;
}

/** @param fileName its extension says which language the source is in */
export function parseSource(fileName: string, source: string): ParsedSource {
  const { program, module, errors } = parseSync(fileName, source);
  const [error] = errors;
  if (error !== undefined) throw new Error(`${fileName}: ${error.message}`);

  const imports: Import[] = [];
  const names = new Set<string>();
  const variables = new Set<string>();
  new Visitor({ ...importVisitor(imports), ...nameVisitor(names, variables) }).visit(program);

  const exported = module.staticExports.flatMap(({ entries }) => entries);
  return {
    imports,
    names,
    variables,
    exportedValues: exported.flatMap(({ exportName, isType, moduleRequest }) =>
      isType || moduleRequest !== null || exportName.name === null ? [] : [exportName.name],
    ),
    hasDefaultExport: exported.some(({ exportName: { kind, name } }) => kind === 'Default' || name === 'default'),
  };
}

function importVisitor(imports: Import[]): VisitorObject {
  const add = (source: Argument | undefined, kind: Import['kind']) => imports.push({ specifier: textOf(source), kind });
  return {
    ImportDeclaration: ({ source, importKind }) => add(source, importKind === 'type' ? 'type' : 'static'),
    ExportAllDeclaration: ({ source, exportKind }) => add(source, exportKind === 'type' ? 'type' : 'static'),
    ExportNamedDeclaration({ source, exportKind }) {
      if (source !== null) add(source, exportKind === 'type' ? 'type' : 'static');
    },
    TSExternalModuleReference: ({ expression }) => add(expression, 'static'),
    TSImportType: ({ source }) => add(source, 'type'),
    ImportExpression: ({ source }) => add(source, 'dynamic'),
    CallExpression({ callee, arguments: [source] }) {
      if (callee.type === 'Identifier' && callee.name === 'require') add(source, 'static');
    },
  };
}

function nameVisitor(names: Set<string>, variables: Set<string>): VisitorObject {
  // A node is visited before its children, so a parent marks its key before that is visited as an identifier.
  const keys = new Set<object>();
  const addKey = ({ key, computed }: { readonly key: object; readonly computed: boolean }) => {
    if (!computed) keys.add(key);
  };
  return {
    Property: addKey,
    PropertyDefinition: addKey,
    AccessorProperty: addKey,
    MethodDefinition: addKey,
    TSPropertySignature: addKey,
    TSMethodSignature: addKey,
    MemberExpression({ object, property, computed }) {
      const isGlobal = object.type === 'Identifier' && object.name === 'globalThis';
      if (!computed && !isGlobal) keys.add(property);
      const isLimit = property.type === 'Identifier' && property.name === 'timeout';
      if (isLimit && object.type === 'Identifier' && object.name === 'AbortSignal')
        variables.add('AbortSignal.timeout');
    },
    Identifier(identifier) {
      names.add(identifier.name);
      const isTypedParameter = 'typeAnnotation' in identifier && identifier.typeAnnotation != null;
      if (!keys.has(identifier) && !isTypedParameter) variables.add(identifier.name);
    },
    JSXIdentifier: ({ name }) => names.add(name),
  };
}

/** The text of a string, or of a template without parts to put in; otherwise null. */
function textOf(source: Argument | undefined): string | null {
  if (source?.type === 'TemplateLiteral' && source.expressions.length === 0)
    return source.quasis[0]?.value.cooked ?? null;
  return source?.type === 'Literal' && typeof source.value === 'string' ? source.value : null;
}
