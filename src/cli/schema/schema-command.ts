import type { Command } from 'commander';
import { configJsonSchemaText } from '../../services/config/config-json-schema.ts';
import type { CliHost } from '../cli-host.ts';

/** `maitred schema`: what the files that people write may hold, for editors and checks. */
export function addSchemaCommand(program: Command, host: CliHost): void {
  const schema = program
    .command('schema')
    .description('print the JSON Schema of a kind of file, for editors')
    .helpOption('-h, --help', 'print help')
    .addHelpText('after', '\nExample:\n  $ maitred schema config > .maitred/config.schema.json');
  schema
    .command('config')
    .description('the JSON Schema of config.yaml; maitred keeps it beside each config.yaml that it has made')
    .helpOption('-h, --help', 'print help')
    .addHelpText('after', '\nExample:\n  $ maitred schema config > .maitred/config.schema.json')
    .action(() => void host.stdout.write(configJsonSchemaText()));
}
