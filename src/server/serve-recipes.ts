import type { Server } from '@modelcontextprotocol/sdk/server/index.js';
import {
  ErrorCode,
  ListResourcesRequestSchema,
  ListResourceTemplatesRequestSchema,
  McpError,
  ReadResourceRequestSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { toFault } from '../domain/app-error.ts';
import type { ToolServices } from '../tools/tool-services.ts';

const scheme = 'recipe://';
const mimeType = 'application/yaml';

/** What MCP answers for a resource that is not there. */
const resourceNotFound = -32002;

/** The resources `recipe://{name}`: the text of each recipe. */
export function serveRecipes(server: Server, { recipes, redact }: Pick<ToolServices, 'recipes' | 'redact'>): void {
  server.setRequestHandler(ListResourcesRequestSchema, async () => ({
    resources: (await recipes.listInTurns()).map(({ name, description }) => ({
      uri: `${scheme}${encodeURIComponent(name)}`,
      name,
      description,
      mimeType,
    })),
  }));
  server.setRequestHandler(ListResourceTemplatesRequestSchema, () => ({
    resourceTemplates: [
      { uriTemplate: `${scheme}{name}`, name: 'recipe', description: 'The YAML text of a recipe.', mimeType },
    ],
  }));
  server.setRequestHandler(ReadResourceRequestSchema, ({ params: { uri } }) => {
    const text = textOf(uri);
    if (typeof text === 'string') return { contents: [{ uri, mimeType, text }] };
    throw new McpError(text.code, redact.text(text.message), { uri });
  });

  function textOf(uri: string): string | { readonly code: number; readonly message: string } {
    const name = nameIn(uri);
    if (name === null)
      return { code: resourceNotFound, message: 'There are only resources recipe://NAME; resources/list has them' };
    try {
      const { text, path } = recipes.show(name);
      return text ?? { code: ErrorCode.InternalError, message: `${path} cannot be read as text` };
    } catch (problem) {
      const { code, message } = toFault(problem);
      if (code === 'internal') throw problem;
      return { code: code === 'not_found' ? resourceNotFound : ErrorCode.InternalError, message };
    }
  }
}

function nameIn(uri: string): string | null {
  if (!uri.startsWith(scheme)) return null;
  try {
    return decodeURIComponent(uri.slice(scheme.length));
  } catch {
    // Not an encoded name.
    return null;
  }
}
