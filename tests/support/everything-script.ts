import { isJsonObject, type JsonObject } from '../../src/domain/json-object.ts';
import type { ObservedClient } from './observed-client.ts';
import { type Script, type Step, withoutListChanges } from './server-comparison.ts';

const isLog = (start: string) => (message: JsonObject) =>
  message.method === 'notifications/message' &&
  isJsonObject(message.params) &&
  String(message.params.data).startsWith(start);

const call = (name: string, args: JsonObject = {}, step = JSON.stringify(args)): Step => ({
  name: `${name} ${step}`,
  run: (client) => client.callTool(name, args),
});

const ask = (method: string, params: JsonObject = {}): Step => ({
  name: `${method} ${JSON.stringify(params)}`,
  run: (client) => client.ask(method, params),
});

const lists = ['tools/list', 'prompts/list', 'resources/list', 'resources/templates/list'];

async function askForAllPages(client: ObservedClient, method: string): Promise<void> {
  let params: JsonObject = {};
  do {
    const { nextCursor } = await client.ask(method, params);
    params = { cursor: nextCursor };
  } while (params.cursor !== undefined);
}

const allPages = (method: string, when: string): Step => ({
  name: `${method} ${when}`,
  run: (client) => askForAllPages(client, method),
});

/** Settles when the call that was cancelled at once would have been answered: the other takes longer. */
async function cancelOneOfTwo(client: ObservedClient): Promise<void> {
  const aborter = new AbortController();
  const long = 'trigger-long-running-operation';
  const cancelled = client.callTool(
    long,
    { duration: 0.15, steps: 1 },
    { onProgress: () => undefined, signal: aborter.signal },
  );
  aborter.abort();
  await Promise.all([cancelled, client.callTool(long, { duration: 0.2, steps: 1 })]);
}

/** The server goes on with a cancelled call, and reports its progress. */
const withoutProgress = (message: JsonObject) => (message.method === 'notifications/progress' ? null : message);

const elicit = (action: 'accept' | 'decline' | 'cancel', content?: JsonObject): Step => ({
  name: `elicitation with the answer ${action}`,
  async run(client) {
    client.answers.elicitation = { action, ...(content && { content }) } as typeof client.answers.elicitation;
    await client.callTool('trigger-elicitation-request');
    await client.callTool('trigger-url-elicitation', { url: 'https://example.com/a?b=c', elicitationId: action });
  },
});

/** Text of an answer is JSON with the environment of the server. A front adds variables of its own. */
function withoutFrontVariables(message: JsonObject): JsonObject {
  const { content } = message.result as { content: [{ text: string }] };
  const variables = Object.entries(JSON.parse(content[0].text) as object);
  return { ...message, result: variables.filter(([name]) => !name.startsWith('MAITRED_')).sort() };
}

/** The server picks a level. */
const withoutLevel = (message: JsonObject): JsonObject =>
  message.method === 'notifications/message' ? { method: message.method } : message;

const dataUrl = `data:text/plain;base64,${Buffer.from('compress this').toString('base64')}`;
const resourceUri = 'demo://resource/dynamic/text/1';
const otherUri = 'demo://resource/static/document/features.md';

const promptRef = { type: 'ref/prompt', name: 'completable-prompt' };

/** Each feature of server-everything, but for what takes seconds. */
export const everythingScript: Script = {
  roots: (dir) => [
    { uri: `file://${dir}`, name: 'the folder' },
    { uri: 'file:///', name: 'é€😀' },
  ],
  steps: [
    ...lists.map((method): Step => ({ ...allPages(method, 'at once'), tidy: withoutListChanges })),
    {
      // The server asks for them 350 ms after the handshake.
      name: 'the first roots',
      run: (client) => client.waitFor(isLog('Roots updated: 2')),
      tidy: withoutListChanges,
    },
    ...lists.map((method) => allPages(method, 'later')),
    ask('ping'),

    call('echo', { message: 'é€😀 "quoted"\n\u2028\0' }),
    call('echo', { message: 'x'.repeat(300_000) }, 'with a long text'),
    call('get-sum', { a: 1.5, b: -3 }),
    ...['New York', 'Chicago', 'Los Angeles'].map((location) => call('get-structured-content', { location })),
    ...['error', 'success', 'debug'].map((messageType) =>
      call('get-annotated-message', { messageType, includeImage: messageType === 'success' }),
    ),
    call('get-tiny-image'),
    call('get-resource-links', { count: 10 }),
    call('get-resource-reference'),
    call('get-resource-reference', { resourceType: 'Blob', resourceId: 7 }),
    { ...call('get-env'), tidy: withoutFrontVariables },
    ...['resource', 'resourceLink'].map((outputType) =>
      call('gzip-file-as-resource', { name: 'a.gz', data: dataUrl, outputType }),
    ),
    ask('resources/read', { uri: 'demo://resource/session/a.gz' }),
    allPages('resources/list', 'with a new resource'),

    {
      name: 'progress of a long call',
      run: (client) =>
        client.callTool(
          'trigger-long-running-operation',
          { duration: 0.05, steps: 5 },
          { onProgress: () => undefined },
        ),
    },
    {
      name: 'a long call without progress',
      run: (client) => client.callTool('trigger-long-running-operation', { duration: 0.02, steps: 2 }),
    },
    { name: 'a cancelled call', run: cancelOneOfTwo, tidy: withoutProgress },
    {
      name: 'fifty calls at once',
      run: (client) => Promise.all(Array.from({ length: 50 }, (_, a) => client.callTool('get-sum', { a, b: 1 }))),
    },

    ask('prompts/get', { name: 'simple-prompt' }),
    ask('prompts/get', { name: 'args-prompt', arguments: { city: 'Ulm', state: 'Bavaria' } }),
    ask('prompts/get', { name: 'completable-prompt', arguments: { department: 'Sales', name: 'Eve' } }),
    ask('prompts/get', { name: 'resource-prompt', arguments: { resourceType: 'Text', resourceId: '2' } }),
    ask('prompts/get', { name: 'resource-prompt', arguments: { resourceType: 'Blob', resourceId: '2' } }),
    ask('resources/read', { uri: resourceUri }),
    ask('resources/read', { uri: 'demo://resource/dynamic/blob/2' }),
    ask('resources/read', { uri: otherUri }),
    ask('completion/complete', { ref: promptRef, argument: { name: 'department', value: 'S' } }),
    ask('completion/complete', {
      ref: promptRef,
      argument: { name: 'name', value: '' },
      context: { arguments: { department: 'Support' } },
    }),
    ask('completion/complete', {
      ref: { type: 'ref/resource', uri: 'demo://resource/dynamic/text/{resourceId}' },
      argument: { name: 'resourceId', value: '3' },
    }),

    ask('logging/setLevel', { level: 'error' }),
    { ...ask('resources/subscribe', { uri: otherUri }), name: 'subscribe, without a log message of level info' },
    ask('logging/setLevel', { level: 'debug' }),
    { ...ask('resources/subscribe', { uri: resourceUri }), name: 'subscribe, with a log message of level info' },
    ask('resources/unsubscribe', { uri: otherUri }),
    call('toggle-subscriber-updates', {}, 'on'),
    call('toggle-subscriber-updates', {}, 'off'),
    { ...call('toggle-simulated-logging', {}, 'on'), tidy: withoutLevel },
    call('toggle-simulated-logging', {}, 'off'),

    call('get-roots-list', {}, 'of the first roots'),
    {
      name: 'other roots',
      async run(client) {
        client.answers.roots = [{ uri: 'file:///tmp' }];
        await client.notify('notifications/roots/list_changed');
        await client.waitFor(isLog('Roots updated: 1'));
      },
    },
    call('get-roots-list', {}, 'of the other roots'),

    call('trigger-sampling-request', { prompt: 'Say é€😀.', maxTokens: 7 }),
    {
      name: 'sampling that the person refuses',
      async run(client) {
        client.answers.sampling = null;
        await client.callTool('trigger-sampling-request', { prompt: 'Say something.' });
        client.answers.sampling = 'The model has answered.';
      },
    },
    elicit('accept', { name: 'é€😀', check: true, integer: 7, untitledMultipleSelectEnum: ['Piano', 'Bass'] }),
    elicit('decline'),
    elicit('cancel'),
    call('trigger-url-elicitation', { url: 'https://example.com/', errorPath: true }, 'required before the call'),
    call('trigger-url-elicitation', { url: 'https://example.com/', errorPath: true }, 'after the requirement'),

    {
      name: 'a task that is cancelled',
      async run(client) {
        const { task } = await client.ask('tools/call', {
          name: 'simulate-research-query',
          arguments: { topic: 'a topic' },
          task: { ttl: 60_000 },
        });
        const { taskId } = task as { taskId: string };
        await client.ask('tasks/get', { taskId });
        await client.ask('tasks/list');
        await client.ask('tasks/cancel', { taskId });
        await client.ask('tasks/get', { taskId });
        await client.ask('tasks/cancel', { taskId });
      },
    },
    call('simulate-research-query', { topic: 'a topic' }, 'without a task'),

    call('no-such-tool'),
    call('get-sum', { a: 'one' }),
    call('echo'),
    call('get-resource-reference', { resourceId: -1 }),
    ask('no/such/method', { a: [1, null, { b: 'é€😀' }] }),
    ask('prompts/get', { name: 'no-such-prompt' }),
    ask('prompts/get', { name: 'args-prompt' }),
    ask('resources/read', { uri: 'demo://no/such/resource' }),
    ask('resources/read', { uri: 'demo://resource/dynamic/text/zero' }),
    ask('completion/complete', { ref: { type: 'ref/prompt', name: 'none' }, argument: { name: 'a', value: '' } }),
    ask('logging/setLevel', { level: 'loud' }),
    ask('tasks/get', { taskId: 'none' }),
    ask('server/discover'),
    { name: 'an unknown notification', run: (client) => client.notify('notifications/no_such_thing') },
    {
      name: 'tasks of the client',
      async run(client) {
        client.answers.elicitation = { action: 'accept', content: { name: 'A Name', agreeToTerms: true } };
        await client.callTool('trigger-elicitation-request-async');
        await client.callTool('trigger-sampling-request-async', { prompt: 'Say something.' });
      },
    },
  ],
};

/** Tasks that take seconds: of the client, which the server looks at once a second, and of server-everything. */
export const everythingTaskScript: Script = {
  roots: everythingScript.roots,
  steps: [
    {
      name: 'tasks of the client',
      async run(client) {
        client.answers.taskStatus = 'working';
        client.answers.elicitation = { action: 'accept', content: { name: 'A Name', agreeToTerms: true } };
        await client.callTool('trigger-elicitation-request-async');
        await client.callTool('trigger-sampling-request-async', { prompt: 'Say something.' });
      },
      tidy: withoutListChanges,
    },
    {
      name: 'a task of the server that asks a question',
      async run(client) {
        client.answers.elicitation = { action: 'accept', content: { interpretation: 'historical' } };
        const { task } = await client.ask('tools/call', {
          name: 'simulate-research-query',
          arguments: { topic: 'a topic', ambiguous: true },
          task: { ttl: 60_000 },
        });
        const { taskId } = task as { taskId: string };
        await client.ask('tasks/result', { taskId });
        await client.ask('tasks/get', { taskId });
      },
      tidy: withoutListChanges,
    },
  ],
};
