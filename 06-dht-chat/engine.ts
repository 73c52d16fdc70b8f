// The engine: everything that knows libp2p. Pages and nodes are started here; the files beside it are its parts.

export type { ServerSocket, SocketSource } from "./engine-listener.ts";
export { type EngineNode, type NodeOptions, startEngineNode } from "./engine-node.ts";
export { type PageOptions, startEnginePage } from "./engine-page.ts";
