import { assert } from "chai";
import { nextSteps } from "./next-steps.ts";

describe("what to do after recording", () => {
  it("is to show what was said and all packets, or Wireshark", () => {
    assert.deepEqual(nextSteps([{ capture: "work/live-02.pcap", keys: undefined }]), [
      "What was said, and every packet:",
      "  npm run show -- work/live-02.pcap --stream all",
      "  npm run show -- work/live-02.pcap --packets",
      "Or open work/live-02.pcap in Wireshark (File > Open).",
    ]);
  });

  it("is to decrypt if there are keys, and a shell can read the paths", () => {
    const [, said] = nextSteps([{ capture: "/tmp/my chat.pcap", keys: "/tmp/my chat.keys" }]);
    assert.equal(said, '  npm run show -- "/tmp/my chat.pcap" --stream all --keys "/tmp/my chat.keys"');
  });

  it("names one of several files", () => {
    const [about, said] = nextSteps(["a.pcap", "b.pcap"].map((capture) => ({ capture, keys: undefined })));
    assert.match(about ?? "", /^What was said in one of these files/);
    assert.equal(said, "  npm run show -- a.pcap --stream all");
  });
});
