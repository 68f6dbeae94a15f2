import type { Command } from 'commander';
import { encodeJson } from '../../domain/encode-json.ts';
import { recipeJsonSchema } from '../../domain/recipe/recipe.schema.ts';
import { configJsonSchemaText } from '../../services/config/config-json-schema.ts';
import type { CliHost } from '../cli-host.ts';
import { examples } from '../help-text.ts';

/** `maitred schema`: the JSON Schemas of the files that people write. */
export function addSchemaCommand(program: Command, host: CliHost): void {
  const example = examples('maitred schema config > .maitred/config.schema.json');
  const schema = program
    .command('schema')
    .description('print the JSON Schema of a kind of file, for editors')
    .addHelpText(...example);
  schema
    .command('config')
    .description('print the JSON Schema of config.yaml; maitred keeps a copy beside each config.yaml that it made')
    .addHelpText(...example)
    .action(() => void host.stdout.write(configJsonSchemaText()));
  schema
    .command('recipe')
    .description('print the JSON Schema of recipes')
    .addHelpText(...examples('maitred schema recipe > .maitred/recipe.schema.json'))
    .action(() => void host.stdout.write(`${encodeJson(recipeJsonSchema(), 2)}\n`));
}
