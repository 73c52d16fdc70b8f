// The place "captures" for tests: one browser and one real server for the tests of a file, a fresh profile for each.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Profile, ProfileOptions } from "../../../06-dht-chat/testing/browser.ts";
import { startWeb, type Web } from "../../program.ts";
import { useChromium } from "./in-browser.ts";

/** Starts both for the tests of a describe block. @returns what opens a place of the course, such as /captures/02-basic-p2p */
export function useCapturesPage(): (at: string, options?: ProfileOptions) => Promise<Profile> {
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
  return async (at, options) => {
    const profile = await openProfile(options);
    await profile.page.goto(web.address(at));
    return profile;
  };
}
