import { type AgentScript, agentScriptSchema } from '../../domain/agent-script.schema.ts';
import { placedFaultsError } from '../../domain/placed-fault.ts';
import { readTextFile } from '../yaml/read-text-file.ts';
import { readYamlData } from '../yaml/read-yaml-data.ts';
import { schemaFaults } from '../yaml/schema-faults.ts';

/**
 * Reads a script of the scripted agent.
 * @throws AppError `invalid_input` with the places of the faults
 */
export function readScript(path: string): AgentScript {
  const reading = readTextFile(path);
  if ('fault' in reading) throw placedFaultsError([reading.fault]);
  if (reading.text === null) {
    const message = 'this file does not exist; expected a script; check the path';
    throw placedFaultsError([{ place: `${path}:1:1`, message }]);
  }
  const yaml = readYamlData(reading.text, path);
  if ('faults' in yaml) throw placedFaultsError(yaml.faults);
  const parsed = agentScriptSchema.safeParse(yaml.value);
  if (parsed.success) return parsed.data;
  throw placedFaultsError(schemaFaults(parsed.error.issues, yaml, 'the script'));
}
