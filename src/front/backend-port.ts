import type {
  JsonRpcMessage,
  JsonRpcNotification,
  JsonRpcRequest,
  JsonRpcResponse,
  RequestId,
} from '../domain/json-rpc.ts';

/** An MCP server behind the front. */
export interface Backend {
  /** Takes a message of the client. */
  receive(message: JsonRpcMessage): void;
  /**
   * Whether it answers a cancelled request too, when its work has stopped; it then gets no `notifications/cancelled`. A server that follows MCP
   * does not answer one.
   */
  readonly answersCancelled: boolean;
}

/** One backend's connection to the front. */
export interface BackendConnection {
  /** Sends a message of the backend to the client; does nothing once it is detached. */
  send(message: JsonRpcMessage): void;
  /**
   * Initializes the backend as the client did, then hands over what was parked, in order, and everything that comes from now on. A backend that
   * is still attached is detached first. Does nothing if this one is attached or has been detached.
   */
  attach(): void;
  /** Takes the backend away. Requests that it has not answered are lost; what comes from now on is parked for the next backend. Twice is safe. */
  detach(): void;
}

export interface BackendPortOptions {
  /** A parked request is about to be handed over. */
  onUnpark(id: RequestId): void;
  /** @param id the client's */
  onAnswer(answer: JsonRpcResponse, id: RequestId): void;
  /** A request or a notification of the backend. */
  onMessage(message: JsonRpcRequest | JsonRpcNotification): void;
  /** The backend has been taken away before it has answered these requests. */
  onLost(ids: readonly RequestId[]): void;
}

/**
 * Connects the client to the attached backend. Backends come and go while the client stays, so the requests of each side get ids of the port's
 * own on the other side: an answer that comes late, or from another backend, has no request and is dropped.
 */
export interface BackendPort {
  readonly isAttached: boolean;
  /** The backend is not used before `attach`. */
  connect(backend: Backend): BackendConnection;
  /** Hands a message of the client on, or parks it. */
  pass(message: JsonRpcMessage): void;
  /** Takes a parked request away, so that no backend gets it. */
  withdraw(id: RequestId): void;
  /** Passes a cancellation on. @returns whether the request will still be answered */
  cancel(id: RequestId, reason: string): boolean;
  /** The client's id of a request by the id that the backend knows it by. */
  clientIdOf(backendId: RequestId): RequestId | undefined;
}

/** What is between a backend and its answers. */
interface Connected {
  readonly backend: Backend;
  /** Requests of the client that the backend has not answered: the client's id by the backend's, and the other way round. */
  readonly clientIds: Map<RequestId, RequestId>;
  readonly backendIds: Map<RequestId, RequestId>;
  /** Requests of the backend that the client has not answered: the backend's id by the client's. */
  readonly asked: Map<number, RequestId>;
  detach(): void;
}

export function createBackendPort(options: BackendPortOptions): BackendPort {
  let attached: Connected | null = null;
  let parked: JsonRpcMessage[] = [];
  /** The client's part of the handshake, for each backend that comes. */
  let initialize: JsonRpcRequest | null = null;
  let initialized: JsonRpcNotification | null = null;
  let lastId = 0;

  const forward = (message: JsonRpcMessage, { backend, clientIds, backendIds, asked }: Connected) => {
    if (!('id' in message)) return backend.receive(message);
    if (!('method' in message)) {
      // Some clients answer with the text of the number.
      const askedId = Number(message.id);
      const id = asked.get(askedId);
      if (id === undefined) return undefined;
      asked.delete(askedId);
      return backend.receive({ ...message, id });
    }
    lastId += 1;
    // The handshake has been answered already: no request has this id.
    if (message.method !== 'initialize') {
      clientIds.set(lastId, message.id);
      backendIds.set(message.id, lastId);
    }
    const { jsonrpc, method, params } = message;
    return backend.receive({ jsonrpc, id: lastId, method, ...(params && { params }) });
  };

  const receive = (message: JsonRpcMessage, { clientIds, backendIds, asked }: Connected) => {
    if (!('method' in message)) {
      const id = clientIds.get(message.id);
      if (id === undefined) return;
      clientIds.delete(message.id);
      backendIds.delete(id);
      options.onAnswer(message, id);
    } else if ('id' in message) {
      lastId += 1;
      asked.set(lastId, message.id);
      options.onMessage({ ...message, id: lastId });
    } else if (message.method === 'notifications/cancelled') {
      const [id] = [...asked].find(([, backendId]) => backendId === message.params?.requestId) ?? [];
      if (id === undefined) return;
      asked.delete(id);
      options.onMessage({ ...message, params: { ...message.params, requestId: id } });
    } else options.onMessage(message);
  };

  return {
    get isAttached() {
      return attached !== null;
    },
    connect(backend) {
      let isDetached = false;
      const detach = () => {
        if (isDetached) return;
        isDetached = true;
        if (attached === connected) attached = null;
        const { clientIds, backendIds, asked } = connected;
        const [lost, askedIds] = [[...clientIds.values()], [...asked.keys()]];
        for (const ids of [clientIds, backendIds, asked]) ids.clear();
        for (const id of askedIds) options.onMessage(cancelledNotification(id, 'The server has ended.'));
        if (lost.length > 0) options.onLost(lost);
      };
      const connected: Connected = {
        backend,
        clientIds: new Map(),
        backendIds: new Map(),
        asked: new Map(),
        detach,
      };
      return {
        send(message) {
          if (!isDetached) receive(message, connected);
        },
        attach() {
          if (isDetached || attached === connected) return;
          attached?.detach();
          attached = connected;
          const handshake = [initialize, initialized].filter((message) => message !== null);
          parked = [...handshake, ...parked];
          // The backend may be gone with any of them: what is left waits for the next one.
          while (attached === connected) {
            const message = parked.shift();
            if (message === undefined) return;
            if ('method' in message && 'id' in message && message !== initialize) options.onUnpark(message.id);
            forward(message, connected);
          }
          parked = parked.filter((message) => !handshake.some((each) => each === message));
        },
        detach,
      };
    },
    pass(message) {
      const isInitialize = 'method' in message && message.method === 'initialize';
      const isInitialized = 'method' in message && message.method === 'notifications/initialized';
      if (isInitialize) initialize = message as JsonRpcRequest;
      if (isInitialized) initialized = message as JsonRpcNotification;
      if (attached !== null) forward(message, attached);
      else if (!isInitialize && !isInitialized) parked.push(message);
    },
    withdraw(id) {
      parked = parked.filter((message) => !('id' in message && 'method' in message && message.id === id));
    },
    cancel(id, reason) {
      const backendId = attached?.backendIds.get(id);
      if (attached === null || backendId === undefined || attached.backend.answersCancelled) return true;
      attached.clientIds.delete(backendId);
      attached.backendIds.delete(id);
      attached.backend.receive(cancelledNotification(backendId, reason));
      return false;
    },
    clientIdOf: (backendId) => attached?.clientIds.get(backendId),
  };
}

const cancelledNotification = (requestId: RequestId, reason: string): JsonRpcNotification => ({
  jsonrpc: '2.0',
  method: 'notifications/cancelled',
  params: { requestId, reason },
});
