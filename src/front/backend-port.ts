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
  /** Initializes the backend as the client did, then hands over what was parked, in order, and everything that comes from now on. */
  attach(): void;
  /** Takes the backend away. Requests that it has not answered are lost; what comes from now on is parked for the next backend. */
  detach(): void;
}

export interface BackendPortOptions {
  /** A parked request is about to be handed over. */
  onUnpark(id: RequestId): void;
  /** @param id the client's */
  onAnswer(answer: JsonRpcResponse, id: RequestId): void;
  /** A request or a notification of the backend. */
  onMessage(message: JsonRpcRequest | JsonRpcNotification): void;
  /** The backend has been taken away before it has answered this request. */
  onLost(id: RequestId): void;
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
  /** Takes a parked request away, so that no backend sees it. */
  withdraw(id: RequestId): void;
  /** Passes a cancellation on. @returns whether the request will still be answered */
  cancel(notification: JsonRpcNotification, id: RequestId): boolean;
  /** The client's id of a request by the id that the backend knows it by. */
  clientIdOf(backendId: RequestId): RequestId | undefined;
}

export function createBackendPort(options: BackendPortOptions): BackendPort {
  /** The attached one. */
  let backend: Backend | null = null;
  let parked: JsonRpcMessage[] = [];
  /** The client's part of the handshake, for each backend that comes. */
  let initialize: JsonRpcRequest | null = null;
  let initialized: JsonRpcNotification | null = null;
  let lastId = 0;
  /** Requests of the client that the backend has not answered: its id of each, and the client's. */
  let clientIds = new Map<RequestId, RequestId>();
  let backendIds = new Map<RequestId, RequestId>();
  /** Requests of the backend that the client has not answered: the client's id of each, and the backend's. */
  let asked = new Map<RequestId, RequestId>();

  const forward = (message: JsonRpcMessage, to: Backend) => {
    if (!('id' in message)) return to.receive(message);
    if (!('method' in message)) {
      const id = asked.get(message.id);
      if (id === undefined) return undefined;
      asked.delete(message.id);
      return to.receive({ ...message, id });
    }
    lastId += 1;
    // The handshake has been answered already: no request has this id.
    if (message.method !== 'initialize') {
      clientIds.set(lastId, message.id);
      backendIds.set(message.id, lastId);
    }
    const { jsonrpc, method, params } = message;
    return to.receive({ jsonrpc, id: lastId, method, ...(params && { params }) });
  };

  const receive = (message: JsonRpcMessage) => {
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
    } else options.onMessage(message.method === 'notifications/cancelled' ? withClientsId(message) : message);
  };
  /** A cancellation of a request of the backend's own names it by the id that the client knows. */
  const withClientsId = (message: JsonRpcNotification): JsonRpcNotification => {
    const cancelled = message.params?.requestId;
    const requestId = [...asked].find(([, id]) => id === cancelled)?.[0] ?? cancelled;
    return { ...message, params: { ...message.params, requestId } };
  };

  return {
    get isAttached() {
      return backend !== null;
    },
    connect(connected) {
      let isDetached = false;
      return {
        send(message) {
          if (!isDetached) receive(message);
        },
        attach() {
          backend = connected;
          const messages = parked;
          parked = [];
          if (initialize !== null) forward(initialize, connected);
          if (initialized !== null) forward(initialized, connected);
          for (const message of messages) {
            if ('method' in message && 'id' in message) options.onUnpark(message.id);
            forward(message, connected);
          }
        },
        detach() {
          isDetached = true;
          if (backend !== connected) return;
          backend = null;
          const lost = [...clientIds.values()];
          clientIds = new Map();
          backendIds = new Map();
          asked = new Map();
          for (const id of lost) options.onLost(id);
        },
      };
    },
    pass(message) {
      const isInitialize = 'method' in message && message.method === 'initialize';
      const isInitialized = 'method' in message && message.method === 'notifications/initialized';
      if (isInitialize) initialize = message as JsonRpcRequest;
      if (isInitialized) initialized = message as JsonRpcNotification;
      if (backend !== null) forward(message, backend);
      else if (!isInitialize && !isInitialized) parked.push(message);
    },
    withdraw(id) {
      parked = parked.filter((message) => !('id' in message && 'method' in message && message.id === id));
    },
    cancel(notification, id) {
      const backendId = backendIds.get(id);
      if (backend === null || backendId === undefined || backend.answersCancelled) return true;
      clientIds.delete(backendId);
      backendIds.delete(id);
      backend.receive({ ...notification, params: { ...notification.params, requestId: backendId } });
      return false;
    },
    clientIdOf: (backendId) => clientIds.get(backendId),
  };
}
