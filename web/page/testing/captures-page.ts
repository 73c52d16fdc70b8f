// The place "captures" for tests: one browser and one real server for the tests of a file, a fresh profile for each.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Profile, ProfileOptions } from "../../../06-dht-chat/testing/browser.ts";
import { startWeb, type Web } from "../../program.ts";
import { useChromium } from "./in-browser.ts";

export interface CapturesPage {
  /** Opens a place of the course, such as /captures/02-basic-p2p, in a profile of its own. */
  open(at: string, options?: ProfileOptions): Promise<Profile>;
  /** Ends the server. */
  stop(): Promise<void>;
  /** Starts another one, at the same port. @returns what leads to a place of it */
  start(): Promise<(at: string) => string>;
}

/** Starts both for the tests of a describe block. */
export function useCapturesPage(): CapturesPage {
  const openProfile = useChromium();
  const folder = mkdtempSync(join(tmpdir(), "web-captures-"));
  let web: Web;
  before(async () => {
    web = await startWeb({ port: 0, folder });
  });
  after(async () => {
    await web?.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    open: async (at, options) => {
      const profile = await openProfile(options);
      await profile.page.goto(web.address(at));
      return profile;
    },
    stop: () => web.close(),
    start: async () => {
      web = await startWeb({ port: web.server.port, folder });
      return web.address;
    },
  };
}
