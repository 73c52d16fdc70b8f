import { join } from "node:path";
import { expect } from "chai";
import { COURSE_FOLDER } from "../programs/course-folder.ts";
import { observeChat } from "./observer.ts";

const capture = (name: string): string => join(COURSE_FOLDER, "captures", name);

describe("what can be seen of a chat without a key", () => {
  it("is who, when, and how many bytes", async () => {
    const { sealed } = await observeChat(capture("04-aes-chat.pcap"));
    expect(sealed[0]).to.deep.include({ from: "alice", seq: 0, length: 48 });
    for (const name of ["alice", "bob"]) {
      const seqs = sealed.filter(({ from }) => from === name).map(({ seq }) => seq);
      expect(seqs).to.deep.equal([...seqs.keys()]);
    }
    expect(sealed.every(({ length }) => length > 0 && length % 16 === 0)).to.equal(true);
    expect(sealed.at(-1)).to.deep.include({ from: "bob", length: 16 }); // The plaintext of a bye has 14 bytes.
  });

  it("is nothing in a capture without such a chat", async () => {
    let message = "";
    await observeChat(capture("01-calculator.pcap")).catch((error: Error) => {
      message = error.message;
    });
    expect(message).to.match(/no chat of stage 04/);
  });
});
