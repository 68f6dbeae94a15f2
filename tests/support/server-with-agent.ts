import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from '../../src/domain/json-object.ts';
import { aServerWithOpenKitchen, type ServerWithOpenKitchen } from './server-with-open-kitchen.ts';
import {
  aNotification,
  aToolCall,
  aWorld,
  type Message,
  outputOf,
  type SpawnOptions,
  type World,
} from './spawned-server.ts';

/** A server whose sessions do not need a model. */
export interface ServerWithAgent extends ServerWithOpenKitchen {
  /** Runs a session in the project to its end. */
  runSkill(skillCommand: string, more?: JsonObject): Promise<JsonObject>;
  /** Starts a session in the project, with progress. */
  startSkill(skillCommand: string, more?: JsonObject): StartedSkill;
}

export interface StartedSkill {
  /** Of its progress notifications so far. */
  messages(): readonly string[];
  cancel(): void;
  answer(): Promise<JsonObject>;
}

export interface AgentOptions extends Omit<SpawnOptions, 'script'> {
  /** The steps of the scripted agent, by skill. */
  readonly steps?: JsonObject;
  readonly config?: JsonObject;
}

let started = 0;

/** Starts a server with an open kitchen whose agent is the scripted one, unless its environment names another. */
export async function aServerWithAgent(options: AgentOptions = {}): Promise<ServerWithAgent> {
  const { steps = {}, config = {}, world = aWorld(), ...others } = options;
  const scriptFile = join(world.homeDir, 'script.yaml');
  writeFileSync(scriptFile, JSON.stringify({ skills: steps }));
  const env = { MAITRED_RUN_SKILL__AGENT: 'script', MAITRED_RUN_SKILL__SCRIPT: scriptFile, ...others.env };
  const opened = await aServerWithOpenKitchen(config, { ...others, world, env });
  const { server } = opened;
  const argumentsOf = (skillCommand: string, more: JsonObject) => ({
    skill_command: skillCommand,
    cwd: world.projectDir,
    ...more,
  });
  return {
    ...opened,
    runSkill: (skillCommand, more = {}) => opened.call('run_skill', argumentsOf(skillCommand, more)),
    startSkill(skillCommand, more = {}) {
      started += 1;
      const id = `skill-${started}`;
      server.send(aToolCall(id, 'run_skill', argumentsOf(skillCommand, more), id));
      return {
        messages: () =>
          server.messages.filter((message) => isProgressOf(message, id)).map(({ params }) => String(params?.message)),
        cancel: () => server.send(aNotification('notifications/cancelled', { requestId: id })),
        answer: async () => outputOf(await server.answerTo(id)),
      };
    },
  };
}

const isProgressOf = ({ method, params }: Message, token: string) =>
  method === 'notifications/progress' && params?.progressToken === token;

/** The lines of the index of sessions, oldest first. */
export function indexedSessions({ stateFolder }: World): readonly JsonObject[] {
  const { sessionIndexFile } = stateFolder;
  const text = existsSync(sessionIndexFile) ? readFileSync(sessionIndexFile, 'utf8') : '';
  return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as JsonObject]));
}

/** The folders of sessions that have not settled. */
export function unsettledSessions({ stateFolder: { agentSessionsDir } }: World): readonly string[] {
  const names = existsSync(agentSessionsDir) ? readdirSync(agentSessionsDir) : [];
  return names.filter((name) => !name.startsWith('.')).map((name) => join(agentSessionsDir, name));
}

/** A folder with a shell script as the program `claude`; to be put in front of PATH. */
export function folderWithClaude({ homeDir }: World, body: string): string {
  const dir = join(homeDir, 'bin');
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, 'claude'), `#!/usr/bin/env bash\n${body}\n`);
  chmodSync(join(dir, 'claude'), 0o755);
  return dir;
}
