import { expect } from "chai";
import { concat } from "./bytes.ts";
import { sendInOnePiece } from "./one-piece.ts";

describe("what is encrypted, on its way out", () => {
  it("P10.9 goes out in one piece, in its order, and says whether there is room", () => {
    const sent: unknown[] = [];
    const connection = sendInOnePiece({
      isRoom: true,
      send(bytes: { subarray(): Uint8Array }): boolean {
        sent.push(bytes);
        return this.isRoom;
      },
    });
    const pieces = [Uint8Array.of(0, 3), Uint8Array.of(1, 2, 3)];
    expect(connection.send({ subarray: () => concat(...pieces) })).to.equal(true);
    connection.isRoom = false;
    expect(connection.send(Uint8Array.of(4, 5))).to.equal(false);
    expect(sent).to.deep.equal([Uint8Array.of(0, 3, 1, 2, 3), Uint8Array.of(4, 5)]);
  });
});
