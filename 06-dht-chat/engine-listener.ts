// The relay's WebSocket, on the port of the page: the web server accepts the sockets and hands them over here (P10.13).
// What libp2p has of its own for this listens on a port by itself.

import {
  type CreateListenerOptions,
  type Listener,
  type ListenerEvents,
  type Logger,
  setMaxListeners,
  type Transport,
  TypedEventEmitter,
} from "@libp2p/interface";
import { AbstractMultiaddrConnection } from "@libp2p/utils";
import { webSockets } from "@libp2p/websockets";
import { type Multiaddr, multiaddr } from "@multiformats/multiaddr";
import { MOST_BUFFERED } from "./engine-settings.ts";

/** A WebSocket of the package `ws`, as far as it is used here. */
export interface ServerSocket {
  readonly bufferedAmount: number;
  /** @param sent is called when the bytes have left the process, or cannot leave it any more */
  send(bytes: Uint8Array, sent: () => void): void;
  pause(): void;
  resume(): void;
  close(): void;
  terminate(): void;
  on(event: "message", listener: (data: unknown, isBinary: boolean) => void): unknown;
  on(event: "close" | "error", listener: () => void): unknown;
}

/** Who opens WebSockets to us. */
export interface SocketSource {
  /** Calls the handler with each socket, and the address that it comes from: an IP address and a port. */
  onSocket(handler: (socket: ServerSocket, host: string, port: number) => void): void;
}

/** libp2p's WebSockets for calling others, and our own sockets for being called. */
export function sharedPort(source: SocketSource, addresses: readonly string[]) {
  return (components: Parameters<ReturnType<typeof webSockets>>[0]): Transport => {
    const transport = webSockets({ maxBufferedAmount: MOST_BUFFERED })(components);
    const log = components.logger.forComponent("p2p-chat:sockets");
    transport.createListener = (options) => new SharedListener(source, addresses, options, log);
    return transport;
  };
}

class SharedListener extends TypedEventEmitter<ListenerEvents> implements Listener {
  readonly #source: SocketSource;
  readonly #addresses: Multiaddr[];
  readonly #upgrader: CreateListenerOptions["upgrader"];
  readonly #log: Logger;
  readonly #stopped = new AbortController();
  readonly #sockets = new Set<ServerSocket>();

  constructor(
    source: SocketSource,
    addresses: readonly string[],
    { upgrader }: CreateListenerOptions,
    log: Logger,
  ) {
    super();
    // Each socket listens until it is a connection. Many at a time are no leak.
    setMaxListeners(Number.POSITIVE_INFINITY, this.#stopped.signal);
    this.#source = source;
    this.#addresses = addresses.map((address) => multiaddr(address));
    this.#upgrader = upgrader;
    this.#log = log;
  }

  async listen(): Promise<void> {
    this.#source.onSocket((socket, host, port) => this.#accept(socket, host, port));
    this.safeDispatchEvent("listening");
  }

  getAddrs(): Multiaddr[] {
    return this.#addresses;
  }

  updateAnnounceAddrs(): void {}

  async close(): Promise<void> {
    this.#stopped.abort();
    for (const socket of this.#sockets) socket.terminate();
    this.safeDispatchEvent("close");
  }

  #accept(socket: ServerSocket, host: string, port: number): void {
    if (this.#stopped.signal.aborted) return socket.terminate();
    this.#sockets.add(socket);
    socket.on("close", () => this.#sockets.delete(socket));
    const address = socketAddress(host, port);
    const connection = new SocketConnection(socket, address, this.#log);
    this.#upgrader
      .upgradeInbound(connection, { signal: this.#stopped.signal })
      .catch(() => socket.terminate()); // It does not speak libp2p, or not in time, or there are too many.
  }
}

/** An IPv4 address that came in over IPv6 is the same address. */
function socketAddress(host: string, port: number): Multiaddr {
  const plain = host.replace(/^::ffff:(?=[0-9]+\.)/i, "").replace(/%.*$/, "");
  return multiaddr(`/${plain.includes(":") ? "ip6" : "ip4"}/${plain}/tcp/${port}/ws`);
}

class SocketConnection extends AbstractMultiaddrConnection {
  readonly #socket: ServerSocket;
  #isFull = false;

  constructor(socket: ServerSocket, remoteAddr: Multiaddr, log: Logger) {
    super({ remoteAddr, direction: "inbound", log });
    this.#socket = socket;
    socket.on("message", (data, isBinary) => {
      if (!isBinary || !(data instanceof Uint8Array)) return this.abort(new Error("libp2p speaks in bytes"));
      this.onData(data);
    });
    // An error is followed by `close`.
    socket.on("error", () => {});
    socket.on("close", () => this.onTransportClosed());
  }

  override sendData(data: Parameters<AbstractMultiaddrConnection["sendData"]>[0]) {
    const sentBytes = data.byteLength;
    for (const bytes of data) this.#socket.send(bytes, () => this.#sent());
    this.#isFull = this.#socket.bufferedAmount >= MOST_BUFFERED;
    return { sentBytes, canSendMore: !this.#isFull };
  }

  #sent(): void {
    if (!this.#isFull || this.#socket.bufferedAmount > MOST_BUFFERED / 2) return;
    this.#isFull = false;
    this.safeDispatchEvent("drain");
  }

  override sendReset(): void {
    this.#socket.terminate();
  }

  override async sendClose(): Promise<void> {
    this.#socket.close();
  }

  override sendPause(): void {
    this.#socket.pause();
  }

  override sendResume(): void {
    this.#socket.resume();
  }
}
