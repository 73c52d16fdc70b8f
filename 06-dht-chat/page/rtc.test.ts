// What our page asks of a browser's RTCPeerConnection, seen by one that is played (P10.10).

import { expect } from "chai";
import { Direct } from "../direct.ts";
import { Opener, Sealer } from "../sealed-channel.ts";
import { HandClock } from "../testing/hand-clock.ts";
import { quiet } from "../testing/quiet.ts";
import { makeAttempt } from "./rtc.ts";

class PlayedChannel extends EventTarget {
  readonly readyState = "connecting";
  wasClosed = false;

  close(): void {
    this.wasClosed = true;
  }
}

class PlayedConnection extends EventTarget {
  static readonly all: PlayedConnection[] = [];
  /** The description that the browser makes. */
  static sdp = "v=0";
  readonly configuration: unknown;
  readonly channels: { label: string; options: unknown }[] = [];
  readonly iceGatheringState = "complete";
  readonly connectionState = "new";
  localDescription: { sdp: string } | undefined;
  wasClosed = false;

  constructor(configuration?: unknown) {
    super();
    this.configuration = configuration;
    PlayedConnection.all.push(this);
  }

  createDataChannel(label: string, options?: unknown): PlayedChannel {
    this.channels.push({ label, options });
    return new PlayedChannel();
  }

  async setLocalDescription(): Promise<void> {
    this.localDescription = { sdp: PlayedConnection.sdp };
  }

  async setRemoteDescription(): Promise<void> {}

  close(): void {
    this.wasClosed = true;
  }

  /** The other side has opened a channel. */
  isGiven(channel: PlayedChannel): void {
    this.dispatchEvent(Object.assign(new Event("datachannel"), { channel }));
  }
}

describe("what is asked of WebRTC", () => {
  const before = Object.getOwnPropertyDescriptor(globalThis, "RTCPeerConnection");

  beforeEach(() => {
    PlayedConnection.all.length = 0;
    PlayedConnection.sdp = "v=0";
    Object.defineProperty(globalThis, "RTCPeerConnection", { value: PlayedConnection, configurable: true });
  });

  afterEach(() => {
    if (before) Object.defineProperty(globalThis, "RTCPeerConnection", before);
    else Reflect.deleteProperty(globalThis, "RTCPeerConnection");
  });

  it("P10.10 no ICE servers, and one channel, ordered and reliable as channels are where nothing else is asked for", async () => {
    expect(await makeAttempt().offer()).to.equal("v=0");
    const [connection] = PlayedConnection.all;
    expect(connection?.configuration).to.deep.equal({ iceServers: [] });
    expect(connection?.channels).to.have.length(1);
    const options = connection?.channels[0]?.options ?? {};
    expect(options).to.not.have.any.keys("maxRetransmits", "maxPacketLifeTime");
    expect({ ordered: true, ...options }).to.have.property("ordered", true);
  });

  it("P10.10 who answers has no ICE servers either, opens no channel, and takes one: a second one is closed", async () => {
    await makeAttempt().answer("v=0");
    const [connection] = PlayedConnection.all;
    expect(connection?.configuration).to.deep.equal({ iceServers: [] });
    const [first, second] = [new PlayedChannel(), new PlayedChannel()];
    connection?.isGiven(first);
    connection?.isGiven(second);
    expect([first.wasClosed, second.wasClosed]).to.deep.equal([false, true]);
    expect(connection?.channels).to.deep.equal([]);
  });

  for (const role of ["initiator", "responder"] as const)
    it(`P10.10 an own description of more than 16,384 bytes is not sent by the ${role}, and ends the attempt`, async () => {
      for (const [length, isSent] of [
        [16_384, true],
        [16_385, false],
      ] as const) {
        PlayedConnection.sdp = "x".repeat(length);
        const said: number[] = [];
        const clock = new HandClock();
        const key = new Uint8Array(32);
        const direct = new Direct({
          session: {
            role,
            directKeys: async () => ({ sealer: new Sealer(key), opener: new Opener(key) }),
          },
          clock,
          makeAttempt,
          sayOnStream: async (_n, sdp) => {
            said.push(sdp.length);
          },
          events: { ready: () => {}, received: async () => {}, closed: () => {} },
        });
        direct.turnOn();
        if (role === "responder") await direct.receive(1, "v=0");
        clock.turnTo(clock.now());
        await quiet();
        expect(said).to.deep.equal(isSent ? [length] : []);
        expect(PlayedConnection.all.at(-1)?.wasClosed).to.equal(!isSent);
        direct.turnOff();
      }
    });
});
