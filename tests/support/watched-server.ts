import { existsSync, readdirSync } from 'node:fs';
import { expect, onTestFinished } from 'vitest';
import type {
  ActorMessage,
  CallMessage,
  HelloMessage,
  InspectionMessage,
  SnapshotMessage,
  StepMessage,
} from '../../src/domain/inspection.ts';
import { watchServer } from '../../src/services/inspection/watch-server.ts';
import { untilReady } from './server-status.ts';
import { type SpawnedServer, spawnServer } from './spawned-server.ts';

/** All messages that one watcher has received from a server so far. */
export interface Watched {
  readonly messages: readonly InspectionMessage[];
  /** The messages as received. */
  readonly text: string;
  readonly hello: HelloMessage;
  readonly actors: readonly ActorMessage[];
  readonly snapshots: readonly SnapshotMessage[];
  /** The newest message about each call, in the order of their first messages. */
  readonly calls: readonly CallMessage[];
  /** The states that the lifecycle entered, in order. */
  readonly states: readonly unknown[];
  /** The stream has ended. */
  readonly isOver: boolean;
  until(isIt: (watched: Watched) => boolean): Promise<void>;
  hangUp(): void;
}

const patience = { timeout: 20_000 };

/** The path of a server's socket, once it exists. */
export async function socketOfServer({ world }: SpawnedServer): Promise<string> {
  const { socketsDir } = world.stateFolder;
  const sockets = () => namesIn(socketsDir).filter((name) => name.endsWith('.sock'));
  await expect.poll(() => sockets().length, patience).toBe(1);
  return `${socketsDir}/${sockets()[0]}`;
}

/** Attaches to a server, and waits for its hello. */
export async function watch(server: SpawnedServer): Promise<Watched> {
  const messages: InspectionMessage[] = [];
  let text = '';
  let isOver = false;
  const ending = new AbortController();
  const stream = watchServer(await socketOfServer(server), process.platform, ending.signal);
  const all = <Type extends InspectionMessage['type']>(...types: readonly Type[]) =>
    messages.filter((message) => types.includes(message.type as Type)) as Extract<InspectionMessage, { type: Type }>[];
  const read = async () => {
    for await (const { message, line } of stream) {
      messages.push(message);
      text += `${line}\n`;
    }
    isOver = true;
  };
  void read();
  onTestFinished(() => ending.abort());
  const watched: Watched = {
    messages,
    get text() {
      return text;
    },
    get hello() {
      const [hello] = all('maitred.hello');
      if (hello === undefined) throw new Error('the server has not sent its hello');
      return hello;
    },
    get actors() {
      return all('@xstate.actor');
    },
    get snapshots() {
      return all('@xstate.snapshot');
    },
    get calls() {
      return [...new Map(all('maitred.call').map((call) => [call.number, call])).values()];
    },
    get states() {
      const steps: readonly StepMessage[] = all('@xstate.microstep').filter(({ sessionId }) => sessionId === lifecycle);
      const [first] = watched.actors.filter(({ sessionId }) => sessionId === lifecycle);
      const values = [first?.snapshot.value, ...steps.map(({ value }) => value)];
      return values.filter((value, at) => value !== values[at - 1]);
    },
    get isOver() {
      return isOver;
    },
    async until(isIt) {
      await expect.poll(() => isIt(watched), patience).toBe(true);
    },
    hangUp: () => ending.abort(),
  };
  await watched.until(() => messages.length > 0);
  return watched;
}

/** Records a server from its start to its end. */
export async function watchWholeLife(): Promise<Watched> {
  const server = spawnServer({ args: ['--inspect'] });
  await server.initialize();
  await untilReady(server);
  const watched = await watch(server);
  await server.leave();
  await watched.until(({ isOver }) => isOver);
  return watched;
}

const lifecycle = 'lifecycle.x:0';

const namesIn = (dir: string): readonly string[] => (existsSync(dir) ? readdirSync(dir) : []);
