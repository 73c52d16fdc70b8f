import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { COURSE_FOLDER } from "../../programs/course-folder.ts";
import { blocksOf, countDifferent, encryptForDemonstration, pad } from "./block-modes.ts";
import { drawPictures } from "./ecb-picture.ts";
import { decodePng, encodePng, type Picture } from "./png.ts";

const LESSON = join(COURSE_FOLDER, "lessons", "04-aes-chat", "pictures");

const different = ({ pixels }: Picture): number => countDifferent(blocksOf(pixels));

describe("the pictures of lesson 04-1", () => {
  const pictures = drawPictures();

  for (const [name, picture] of Object.entries(pictures)) {
    it(`${name} is what the program draws (npm run pictures -- --folder lessons/04-aes-chat/pictures)`, () => {
      const committed = decodePng(readFileSync(join(LESSON, name)));
      expect([committed.width, committed.height]).to.deep.equal([picture.width, picture.height]);
      expect(committed.pixels.equals(picture.pixels)).to.equal(true);
    });
  }

  it("show that ECB keeps what is equal, and CBC does not", () => {
    const plain = different(pictures["plain.png"]);
    expect(plain).to.be.within(50, 200);
    expect(different(pictures["ecb.png"])).to.equal(plain);
    expect(different(pictures["cbc.png"])).to.equal(blocksOf(pictures["cbc.png"].pixels).length);
  });

  it("are PNG files that give their pixels back", () => {
    const picture = { width: 2, height: 3, pixels: Buffer.from(Array.from({ length: 18 }, (_, i) => i)) };
    const file = encodePng(picture);
    // Every PNG file ends with these bytes: an empty chunk IEND and its checksum.
    expect(file.subarray(-12).toString("hex")).to.equal("0000000049454e44ae426082");
    expect(decodePng(file)).to.deep.equal(picture);
    expect(() => decodePng(Buffer.from("no picture"))).to.throw("not a picture of this course");
  });
});

describe("the demonstration of padding", () => {
  for (const length of [0, 1, 15, 16, 17]) {
    it(`pads ${length} bytes as the cipher does`, () => {
      const plaintext = Buffer.alloc(length, 0x61);
      const padded = pad(plaintext);
      expect(padded).to.have.length(16 * (Math.floor(length / 16) + 1));
      expect(padded.at(-1)).to.equal(padded.length - length);
      // ECB encrypts equal blocks to equal blocks, so both texts have the same number of different blocks.
      const [plain, encrypted] = [blocksOf(padded), blocksOf(encryptForDemonstration("ecb", plaintext))];
      expect(encrypted).to.have.length(plain.length);
      expect(countDifferent(encrypted)).to.equal(countDifferent(plain));
    });
  }
});
