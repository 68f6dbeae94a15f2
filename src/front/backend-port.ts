import type { Fault } from '../domain/app-error.ts';
import type {
  JsonRpcMessage,
  JsonRpcNotification,
  JsonRpcRequest,
  JsonRpcResponse,
  RequestId,
} from '../domain/json-rpc.ts';
import type { MessageLine } from '../domain/message-line.ts';
import { RenewedMap } from '../domain/renewed-map.ts';

/** An MCP server behind the front. */
export interface Backend {
  /** Takes a message of the client. @param line as which it came, with the client's id */
  receive(message: JsonRpcMessage, line: MessageLine | undefined): void;
  /**
   * Whether it answers a cancelled request too, when its work has stopped; it then gets no `notifications/cancelled`. A server that follows MCP
   * does not answer one.
   */
  readonly answersCancelled: boolean;
  /** It has been initialized already: it gets neither `initialize` nor `notifications/initialized`, and its messages wait for the client's. */
  readonly isInitialized: boolean;
  /** Whether it takes a slot for each call before it runs; the calls of others run when they are handed over. */
  readonly acquiresSlots: boolean;
}

/** One backend's connection to the front. */
export interface BackendConnection {
  /** Sends a message of the backend to the client; does nothing once it is detached. @param line as which it came */
  send(message: JsonRpcMessage, line?: MessageLine): void;
  /**
   * Initializes the backend as the client did, then hands over what was parked, in order, and everything that comes from now on. A backend that
   * is still attached is detached first. Does nothing if this one is attached or has been detached.
   */
  attach(): void;
  /**
   * Takes the backend away. Requests that it has not answered are lost, or parked once more; what comes from now on is parked for the next
   * backend. Twice is safe.
   * @param fault the answer to those that are lost
   */
  detach(fault: Fault): void;
}

export interface BackendPortOptions {
  /** A request is about to be handed over. @param acquiresSlots whether the backend takes a slot for it */
  onHandOver(id: RequestId, acquiresSlots: boolean): void;
  /** @param id the client's */
  onAnswer(answer: JsonRpcResponse, id: RequestId, line: MessageLine | undefined): void;
  /** A request or a notification of the backend. */
  onMessage(message: JsonRpcRequest | JsonRpcNotification, line: MessageLine | undefined): void;
  /** The backend has been taken away before it has answered these requests. */
  onLost(ids: readonly RequestId[], fault: Fault): void;
  /** Whether a request that the backend has not answered may be handed to the next one: it is parked again, once. */
  mayRunAgain(request: JsonRpcRequest): boolean;
  /** Such a request is parked again. */
  onParkedAgain(id: RequestId): void;
}

/**
 * Connects the client to the attached backend. Backends come and go while the client stays, so the requests of each side get ids of the port's
 * own on the other side: an answer that comes late, or from another backend, has no request and is dropped.
 */
export interface BackendPort {
  readonly isAttached: boolean;
  /** The backend is not used before `attach`. */
  connect(backend: Backend): BackendConnection;
  /** Hands a message of the client on, or parks it. @param line as which it came */
  pass(message: JsonRpcMessage, line?: MessageLine): void;
  /** Takes a parked request away, so that no backend gets it. */
  withdraw(id: RequestId): void;
  /** Passes a cancellation on. @returns whether the request will still be answered */
  cancel(id: RequestId, reason: string): boolean;
  /** The client's id of a request by the id that the backend knows it by. */
  clientIdOf(backendId: RequestId): RequestId | undefined;
}

/** A message of the client. */
interface Passed {
  readonly message: JsonRpcMessage;
  readonly line: MessageLine | undefined;
  /** Another backend has had it before. */
  readonly isSecondTime?: true;
}

/** What is between a backend and its answers. */
interface Connected {
  readonly backend: Backend;
  /** Requests of the client that the backend has not answered, by the backend's id; and the backend's id by the client's. */
  readonly requests: RenewedMap<RequestId, Passed & { readonly message: JsonRpcRequest }>;
  readonly backendIds: RenewedMap<RequestId, RequestId>;
  /** The client's ids of requests of this backend, by the backend's. */
  readonly askedIds: Map<RequestId, number>;
  /** Messages of the backend that wait until the client is initialized. */
  early: Parameters<BackendConnection['send']>[];
  detach(fault: Fault): void;
}

/** A backend has few reasons to send anything before the client is initialized. */
const mostEarly = 1_000;

export function createBackendPort(options: BackendPortOptions): BackendPort {
  let attached: Connected | null = null;
  /** Those that have not been detached. */
  const connections = new Set<Connected>();
  let parked: Passed[] = [];
  /** The client's part of the handshake, for each backend that comes. */
  let initialize: Passed | null = null;
  let initialized: Passed | null = null;
  /** It has said that it is initialized, or uses the server without having said so. */
  let isClientReady = false;
  let lastId = 0;

  /** Requests of backends that the client has not answered, by the client's id. A backend may ask before it is attached. */
  const asked = new Map<number, { readonly by: Connected; readonly id: RequestId }>();

  const forwardAnswer = (answer: JsonRpcResponse, line: MessageLine | undefined) => {
    // Some clients answer with the text of the number.
    const request = asked.get(Number(answer.id));
    asked.delete(Number(answer.id));
    if (request === undefined) return;
    request.by.askedIds.delete(request.id);
    request.by.backend.receive({ ...answer, id: request.id }, line);
  };
  const forward = (passed: Passed, { backend, requests, backendIds }: Connected) => {
    const { message, line } = passed;
    if (backend.isInitialized) isClientReady = true;
    if (!('id' in message && 'method' in message)) return backend.receive(message, line);
    lastId += 1;
    // The handshake has been answered already: no request has this id.
    if (message.method !== 'initialize') {
      options.onHandOver(message.id, backend.acquiresSlots);
      requests.set(lastId, { ...passed, message });
      backendIds.set(message.id, lastId);
    }
    const { jsonrpc, method, params } = message;
    const request = params === undefined ? { jsonrpc, id: lastId, method } : { jsonrpc, id: lastId, method, params };
    return backend.receive(request, line);
  };

  const receive = (message: JsonRpcMessage, line: MessageLine | undefined, connected: Connected) => {
    const { backend, requests, backendIds, askedIds, early } = connected;
    if (!('method' in message)) {
      const id = requests.get(message.id)?.message.id;
      if (id === undefined) return;
      requests.delete(message.id);
      backendIds.delete(id);
      options.onAnswer(message, id, line);
    } else if (backend.isInitialized && !isClientReady) {
      if (early.length < mostEarly) early.push([message, line]);
    } else if ('id' in message) {
      lastId += 1;
      asked.set(lastId, { by: connected, id: message.id });
      askedIds.set(message.id, lastId);
      options.onMessage({ ...message, id: lastId }, line);
    } else if (message.method === 'notifications/cancelled') {
      const askedId = message.params?.requestId as RequestId;
      const id = askedIds.get(askedId);
      if (id === undefined) return;
      askedIds.delete(askedId);
      asked.delete(id);
      options.onMessage({ ...message, params: { ...message.params, requestId: id } }, undefined);
    } else options.onMessage(message, line);
  };
  const deliverEarly = (connected: Connected) => {
    if (!isClientReady) return;
    for (const [message, line] of connected.early.splice(0)) receive(message, line, connected);
  };

  /** Parks what may be handed to the next backend. @returns the ids of the others */
  const saveRequests = ({ requests }: Connected): RequestId[] => {
    const [again, lost]: [Passed[], RequestId[]] = [[], []];
    for (const { message, line, isSecondTime } of requests.values()) {
      if (isSecondTime || !options.mayRunAgain(message)) lost.push(message.id);
      else {
        options.onParkedAgain(message.id);
        again.push({ message, line, isSecondTime: true });
      }
    }
    parked = [...again, ...parked];
    return lost;
  };

  return {
    get isAttached() {
      return attached !== null;
    },
    connect(backend) {
      let isDetached = false;
      const detach = (fault: Fault) => {
        if (isDetached) return;
        isDetached = true;
        connections.delete(connected);
        if (attached === connected) attached = null;
        const { requests, backendIds } = connected;
        const lost = saveRequests(connected);
        for (const ids of [requests, backendIds]) ids.clear();
        const askedIds = [...connected.askedIds.values()];
        connected.askedIds.clear();
        for (const id of askedIds) asked.delete(id);
        for (const id of askedIds) options.onMessage(cancelledNotification(id, 'The server has ended.'), undefined);
        if (lost.length > 0) options.onLost(lost, fault);
      };
      const connected: Connected = {
        backend,
        requests: new RenewedMap(),
        backendIds: new RenewedMap(),
        askedIds: new Map(),
        early: [],
        detach,
      };
      connections.add(connected);
      return {
        send(message, line) {
          if (!isDetached) receive(message, line, connected);
        },
        attach() {
          if (isDetached || attached === connected) return;
          attached?.detach(replacedFault);
          attached = connected;
          const handshake = backend.isInitialized ? [] : [initialize, initialized].filter((passed) => passed !== null);
          parked = [...handshake, ...parked];
          // The backend may be gone with any of them: what is left waits for the next one.
          while (attached === connected) {
            const passed = parked.shift();
            if (passed === undefined) break;
            forward(passed, connected);
          }
          if (attached === connected) deliverEarly(connected);
          else parked = parked.filter((passed) => !handshake.includes(passed));
        },
        detach,
      };
    },
    pass(message, line) {
      if (!('method' in message)) return forwardAnswer(message, line);
      const passed = { message, line };
      const isInitialize = 'method' in message && message.method === 'initialize';
      const isInitialized = 'method' in message && message.method === 'notifications/initialized';
      if (isInitialize) initialize = passed;
      if (isInitialized) initialized = passed;
      if (isInitialized) isClientReady = true;
      const isHandshake = isInitialize || isInitialized;
      if (attached !== null) {
        if (!isHandshake || !attached.backend.isInitialized) forward(passed, attached);
      } else if (!isHandshake) parked.push(passed);
      for (const connected of connections) deliverEarly(connected);
    },
    withdraw(id) {
      parked = parked.filter(({ message }) => !('id' in message && 'method' in message && message.id === id));
    },
    cancel(id, reason) {
      const backendId = attached?.backendIds.get(id);
      if (attached === null || backendId === undefined || attached.backend.answersCancelled) return true;
      attached.requests.delete(backendId);
      attached.backendIds.delete(id);
      attached.backend.receive(cancelledNotification(backendId, reason), undefined);
      return false;
    },
    clientIdOf: (backendId) => attached?.requests.get(backendId)?.message.id,
  };
}

const replacedFault: Fault = {
  code: 'unavailable',
  message:
    'The server behind this one was replaced before it answered. The call may have had effects: check before you call again.',
};

const cancelledNotification = (requestId: RequestId, reason: string): JsonRpcNotification => ({
  jsonrpc: '2.0',
  method: 'notifications/cancelled',
  params: { requestId, reason },
});
