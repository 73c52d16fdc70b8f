import type { Connection } from "@libp2p/interface";
import { expect } from "chai";
import { withStage06 } from "../tests/support/tools.ts";

const LIMITS = { quiet: 100, doubted: 200, dead: 1500 };

/** A connection whose pings are never answered, or are refused; a test says what else it brings. */
class PlayedConnection {
  readonly maConn = new EventTarget();
  readonly newStream: () => Promise<never>;
  pings = 0;
  wasCut = false;

  constructor(ping: () => Promise<never>) {
    this.newStream = () => {
      this.pings += 1;
      return ping();
    };
  }

  abort(): void {
    this.wasCut = true;
  }

  /** As what they are to the engine. */
  get asConnection(): Connection {
    return this as unknown as Connection;
  }
}

withStage06("the pulses of connections", () => {
  it("P10.5 a busy connection is never cut, whatever becomes of its pings; a silent one is, after one ping", async () => {
    const { watchPulses } = await import("./engine-pulse.ts");
    const { until } = await import("./testing/local-nodes.ts");
    const waits = (): Promise<never> => new Promise(() => {});
    const refuses = (): Promise<never> => Promise.reject(new Error("too many pings"));
    const all = [waits, refuses, waits, refuses].map((ping) => new PlayedConnection(ping));
    const [busy, refusing, silent, dead] = all;
    const receiving = setInterval(() => {
      for (const one of [busy, refusing]) one?.maConn.dispatchEvent(new Event("message"));
    }, 150);
    let changes = 0;
    const pulses = watchPulses({
      connections: () => all.filter(({ wasCut }) => !wasCut).map(({ asConnection }) => asConnection),
      limits: LIMITS,
      changed: () => {
        changes += 1;
      },
    });
    try {
      await until(() => silent !== undefined && pulses.isDoubted(silent.asConnection), "it is doubted");
      await until(() => silent?.wasCut === true && dead?.wasCut === true, "they are cut");
      expect([busy?.wasCut, refusing?.wasCut]).to.deep.equal([false, false]);
      expect([silent?.pings, dead?.pings]).to.deep.equal([1, 1]);
      expect(changes).to.be.greaterThan(1);
    } finally {
      pulses.stop();
      clearInterval(receiving);
    }
  });
});
