// Serves the page over a scripted messenger (page-fixture.ts), under the content security policy of the real server.

import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** P10.13: no inline script, no inline style, nothing from elsewhere. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob:",
  "media-src 'self' blob:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const FOLDER = new URL("../", import.meta.url);

export interface FixtureServer {
  address: string;
  close(): void;
}

/** Starts it on a free port of 127.0.0.1. @param entry what is bundled in place of page/main.ts */
export async function servePageFixture(entry = "testing/page-fixture.ts"): Promise<FixtureServer> {
  const bundle = await build({
    entryPoints: [fileURLToPath(new URL(entry, FOLDER))],
    bundle: true,
    write: false,
    format: "esm",
    target: "es2022",
  });
  const files = new Map<string, [type: string, content: string | Uint8Array]>([
    ["/", ["text/html; charset=utf-8", await readFile(new URL("page/index.html", FOLDER))]],
    ["/style.css", ["text/css; charset=utf-8", await readFile(new URL("page/style.css", FOLDER))]],
    ["/main.js", ["text/javascript; charset=utf-8", bundle.outputFiles[0]?.contents ?? ""]],
    ["/icon.svg", ["image/svg+xml", await readFile(new URL("page/icon.svg", FOLDER))]],
  ]);
  const server = createServer((request, response) => {
    const [type, content] = files.get(request.url ?? "") ?? ["text/plain", undefined];
    response.writeHead(content === undefined ? 404 : 200, {
      "content-type": type,
      "content-security-policy": POLICY,
      "x-content-type-options": "nosniff",
    });
    response.end(content);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    address: `http://127.0.0.1:${port}/`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
