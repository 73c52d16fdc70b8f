import { expect } from "chai";
import { withStage06 } from "../tests/support/tools.ts";

withStage06("window updates of streams", () => {
  it("P10.6 are due when half the window is used, when a stream opens, and when it is paused", async () => {
    const { StreamState } = await import("@chainsafe/libp2p-yamux/stream");
    const { isUpdateDue } = await import("./engine-windows.ts");
    const isDue = (state: number, recvWindowCapacity: number): boolean =>
      isUpdateDue({ state, recvWindow: 262_144, recvWindowCapacity });
    expect(isDue(StreamState.Established, 131_073)).to.equal(false);
    expect(isDue(StreamState.Established, 131_072)).to.equal(true);
    expect(isDue(StreamState.Established, 0)).to.equal(true);
    expect(isDue(StreamState.SYNSent, 262_144)).to.equal(false);
    expect(isDue(StreamState.Init, 262_144)).to.equal(true);
    expect(isDue(StreamState.SYNReceived, 262_144)).to.equal(true);
    expect(isDue(StreamState.Paused, 262_144)).to.equal(true);
  });
});
