// Tests the calculator's client as a program (P1.10), beyond the checks of P1.

import { expect } from "chai";
import type { CalculatorRun, Scene } from "../checks/engine/scene.ts";
import { testsOf } from "./support/on-the-wire.ts";

describe("01 calculator client", () => {
  const it = testsOf("01");

  /** Runs a client that reads its input from a pipe. */
  async function pipe(scene: Scene, input: string): Promise<CalculatorRun> {
    return scene.calculator(await scene.server(), [], input);
  }

  describe("with an expression", () => {
    it("P1.10 P0.5 takes no unfinished reply for a value", async (scene) => {
      const calculator = await scene.listener("the calculator");
      const running = scene.calculator(calculator, ["1 + 1"]);
      const connection = await calculator.next(scene, "the client");
      await connection.receives("1 + 1\n");
      await connection.sends("= 2");
      await connection.endsHalf();
      const { stdout, code } = await running;
      expect({ stdout, code }).to.deep.equal({ stdout: "", code: 1 });
    });
  });

  describe("reading from a pipe", () => {
    it("P1.10 prints nothing for no lines", async (scene) => {
      expect(await pipe(scene, "")).to.deep.equal({ stdout: "", stderr: "", code: 0 });
    });

    it("P1.2 P1.10 prints the replies to thousands of lines in their order", async (scene) => {
      const numbers = Array.from({ length: 5000 }, (_, i) => i);
      const { stdout, stderr, code } = await pipe(scene, numbers.map((n) => `${n} * 2\n`).join(""));
      expect(stdout).to.equal(numbers.map((n) => `= ${n * 2}\n`).join(""));
      expect(stderr).to.equal("");
      expect(code).to.equal(0);
    });

    it("P1.10 prints a reply before it reads the next line", async (scene) => {
      const { port } = await scene.server();
      const client = scene.runClient({ port: String(port) });
      await client.enters("1 + 1");
      await client.shows("= 2");
      await client.enters("2 + 2");
      await client.shows("= 4");
      await client.endsInput();
      await client.endsWith(0);
      expect(client.lines).to.deep.equal(["= 2", "= 4"]);
      expect(client.errors).to.deep.equal([]);
    });

    it("P1.8 P1.10 ends after END, though its input goes on", async (scene) => {
      const { port } = await scene.server();
      const client = scene.runClient({ port: String(port) });
      await client.enters("1 + 1");
      await client.shows("= 2");
      await client.enters("END");
      await client.endsWith(0);
      expect(client.lines).to.deep.equal(["= 2"]);
      expect(client.errors).to.deep.equal([]);
    });
  });

  describe("at its start", () => {
    it("P1.10 takes --host", async (scene) => {
      const run = await scene.calculator(await scene.server(), ["--host", "127.0.0.1", "1", "+", "1"]);
      expect(run).to.deep.equal({ stdout: "2\n", stderr: "", code: 0 });
    });

    it("P1.10 answers a wrong port with one line and exit code 2", async (scene) => {
      const clients = [
        scene.runClient({ port: "x" }, { argv: ["1 + 1"] }),
        scene.runClient({ port: "65536" }, { argv: ["1 + 1"] }),
        scene.runClient({}, { argv: ["--port"] }),
      ];
      for (const client of clients) {
        await client.endsWith(2);
        expect(client.lines).to.deep.equal([]);
        expect(client.errors).to.have.length(1);
        expect(client.errors[0]).to.include("--port");
      }
    });
  });
});
