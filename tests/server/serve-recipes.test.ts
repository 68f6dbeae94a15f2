import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { describe, expect, it } from 'vitest';
import { createRedactor } from '../../src/domain/redact.ts';
import { serveRecipes } from '../../src/server/serve-recipes.ts';
import { createRecipes } from '../../src/services/recipes/recipes.ts';
import { baseRecipe, changedRecipe } from '../domain/recipe/base-recipe.ts';
import { tempFolder } from '../doubles/temp-folder.ts';

/** A client of a project with this recipe. */
async function aClient(text: string): Promise<Client> {
  const projectDir = tempFolder();
  mkdirSync(join(projectDir, '.maitred/recipes'), { recursive: true });
  writeFileSync(join(projectDir, '.maitred/recipes/a.yaml'), text);
  const recipes = createRecipes({ projectDir, userDir: '/nowhere', shippedDir: '/nowhere' });
  const server = new Server({ name: 'maitred', version: '1' }, { capabilities: { resources: {} } });
  serveRecipes(server, { recipes, redact: createRedactor([]) });
  const client = new Client({ name: 'test', version: '1' });
  const [near, far] = InMemoryTransport.createLinkedPair();
  await Promise.all([server.connect(far), client.connect(near)]);
  return client;
}

describe('A client reads recipes as resources', () => {
  const named = changedRecipe('name: base', 'name: Ship it');

  it('that are listed, with a template for others', async () => {
    const client = await aClient(named);
    const mimeType = 'application/yaml';
    expect((await client.listResources()).resources).toEqual([
      { uri: 'recipe://Ship%20it', name: 'Ship it', description: 'A recipe without findings.', mimeType },
    ]);
    expect((await client.listResourceTemplates()).resourceTemplates).toMatchObject([
      { uriTemplate: 'recipe://{name}' },
    ]);
  });

  it('whose text is that of the file', async () => {
    const client = await aClient(named);
    const uri = 'recipe://Ship%20it';
    const { contents } = await client.readResource({ uri });
    expect(contents).toEqual([{ uri, mimeType: 'application/yaml', text: named }]);
  });

  it.each([
    ['an unknown name', 'recipe://bse', 'there is no recipe "bse"; did you mean base?'],
    ['another kind', 'file:///etc/passwd', 'There are only resources recipe://NAME'],
    ['a name that is badly encoded', 'recipe://%', 'There are only resources recipe://NAME'],
  ])('and gets the error of a missing resource for %s', async (_, uri, message) => {
    const client = await aClient(baseRecipe);
    const read = client.readResource({ uri });
    await expect(read).rejects.toMatchObject({ code: -32002, message: expect.stringContaining(message) });
  });
});
