// The peer of stage 05 in a real terminal: menu, prompt, messaging session, passphrase (P8.1, P9.12).

import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { expect } from "chai";
import { Screen, type ScreenOptions } from "./support/screen.ts";
import { PEER, type PeerProgram, withTeam } from "./support/team.ts";
import { withTool } from "./support/tools.ts";

withTool("tmux", ["-V"], "a peer in a real terminal", () => {
  withTeam("of 80 columns and 24 rows", (team) => {
    const screens: Screen[] = [];

    afterEach(() => {
      for (const screen of screens.splice(0)) screen.close();
    });

    function open(argv: string[], options: ScreenOptions = {}): Screen {
      const screen = new Screen(PEER, argv, { before: team().host.inside, ...options });
      screens.push(screen);
      return screen;
    }

    /** Alice at a terminal, and Bob without one, who have found each other. */
    async function pair(): Promise<[Screen, PeerProgram]> {
      const alice = open(team().argv("alice"));
      await alice.shows(/listening on 127\.0\.0\.1:5000[\s\S]*you>$/);
      const bob = await team().start("bob");
      await alice.shows("found: bob");
      return [alice, bob];
    }

    it("P9.12 opens with the menu, and quits by its 0 with exit code 0", async () => {
      const alice = open(team().argv("alice"));
      const screen = await alice.shows(/0 quit[\s\S]*you>$/);
      expect(screen.split("\n")[0]).to.equal("listening on 127.0.0.1:5000");
      for (const entry of [
        "1 messaging session",
        "2 active peers",
        "3 connect",
        "4 broadcast",
        "5 direct message",
      ])
        expect(screen).to.include(entry);
      for (const entry of ["6 remove a peer", "7 history", "8 send a file", "9 rooms", "0 quit"])
        expect(screen).to.include(entry);
      alice.enter("2");
      await alice.shows(/nobody found yet: [\s\S]*\/doctor[\s\S]*peers: 0/);
      alice.enter("0");
      await alice.shows("exit code 0");
    });

    it("P9.12 a number asks for what it needs, and what arrives meanwhile leaves the question standing", async () => {
      const [alice, bob] = await pair();
      alice.enter("5");
      await alice.shows(/\nto whom\?$/);
      alice.type("bo");
      bob.enter("/msg alice are you there?");
      expect(await alice.shows("bob> are you there?")).to.match(/to whom\? bo$/);
      alice.enter("b");
      await alice.shows(/\ntext:$/);
      alice.enter("hello, Bob");
      await bob.sees("alice> hello, Bob");
      await alice.shows(/delivered to bob: 1\nyou>$/);
      alice.enter("1");
      await alice.shows(/with whom\?$/);
      alice.press("Enter");
      await alice.shows(/nothing is done\nyou>$/);
    });

    it("P9.12 in a messaging session the prompt names the peer, and what is typed survives what arrives", async () => {
      const [alice, bob] = await pair();
      alice.enter("/to bob");
      await alice.shows(/\[bob\] you>$/);
      alice.type("half a li");
      await alice.shows(/\[bob\] you> half a li$/);
      bob.enter("/msg alice one");
      expect(await alice.shows("bob> one")).to.match(/bob> one\n[\s\S]*\[bob\] you> half a li$/);
      alice.enter("ne");
      await bob.sees("alice> half a line");
      alice.enter("exit");
      await alice.shows(/exit\nyou>$/);
      alice.enter("/msg b");
      alice.type("/ver");
      alice.press("Tab");
      await alice.shows("/verif");
    });

    it("P9.9 a bar in the prompt shows how far a file has come", async () => {
      const [alice, bob] = await pair();
      writeFileSync(team().file("big.bin"), randomBytes(200_000_000));
      bob.enter(`/send alice ${team().file("big.bin")}`);
      await alice.shows("bob offers file 1: big.bin, 200000000 bytes");
      await alice.shows("/take 1 accepts it, /refuse 1 does not");
      alice.enter("8");
      await alice.shows(/nothing: take one that is offered\)\?$/);
      alice.press("Enter");
      await alice.shows(/its number\?$/);
      alice.enter("1");
      await alice.shows(/\[file 1 [=-]{10} [0-9]+%\] you>$/);
      const screen = await alice.shows(/file 1 received: [\s\S]*you>$/);
      await alice.shows(/\nyou>$/);
      expect(screen).to.include("big.bin");
    });

    it("P8.1 asks for the passphrase, and shows nothing of it", async () => {
      const argv = team().argv("alice");
      const at = argv.indexOf("--passphrase-file");
      const alice = open([...argv.slice(0, at), ...argv.slice(at + 2)]);
      await alice.shows("passphrase of team rocket (not shown):");
      alice.type("open sesame, and slow\x7f\x7f\x7f\x7fquickly");
      alice.press("Enter");
      const screen = await alice.shows(/listening on[\s\S]*you>$/);
      expect(screen).not.to.include("sesame");
      await team().start("bob");
      await alice.shows("found: bob");
    });

    it("P8.1 Ctrl-C at the question for the passphrase ends it; Ctrl-C and Ctrl-D later say goodbye", async () => {
      const argv = team().argv("alice");
      const at = argv.indexOf("--passphrase-file");
      const asked = open([...argv.slice(0, at), ...argv.slice(at + 2)]);
      await asked.shows("(not shown):");
      asked.press("C-c");
      await asked.shows("exit code 1");
      for (const key of ["C-c", "C-d"]) {
        const [alice, bob] = await pair();
        alice.press(key);
        await alice.shows("exit code 0");
        await bob.sees("left: alice");
        await bob.leave();
      }
    });
  });
});
