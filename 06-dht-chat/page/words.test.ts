import { expect } from "chai";
import {
  contactState,
  dayInWords,
  fileState,
  hueOf,
  idInGroups,
  initialOf,
  lastHeard,
  nameOf,
  sizeInWords,
  timeLeft,
  timeOfDay,
} from "./words.ts";

describe("how the page says numbers, sizes, times and states", () => {
  it("P10.1 an id is shown in groups of three, its zeros too", () => {
    expect(idInGroups("000752548599030")).to.equal("000 752 548 599 030");
  });

  it("P10.1 who has no name yet is called by their number, as it is compared", () => {
    expect(nameOf({ id: "000752548599030", name: "000752548599030" })).to.equal("000 752 548 599 030");
    expect(nameOf({ id: "000752548599030", name: "Carol" })).to.equal("Carol");
  });

  it("P10.2 a card's time is minutes and seconds, and never below zero", () => {
    expect(timeLeft(900_000)).to.equal("15:00");
    expect(timeLeft(59_001)).to.equal("1:00");
    expect(timeLeft(59_000)).to.equal("0:59");
    expect(timeLeft(1)).to.equal("0:01");
    expect(timeLeft(0)).to.equal("0:00");
    expect(timeLeft(-5)).to.equal("0:00");
  });

  it("P10.9 a size is said in bytes, kB or MB", () => {
    expect(sizeInWords(1)).to.equal("1 byte");
    expect(sizeInWords(999)).to.equal("999 bytes");
    expect(sizeInWords(1000)).to.equal("1.0 kB");
    expect(sizeInWords(1536)).to.equal("1.5 kB");
    expect(sizeInWords(999_949)).to.equal("999.9 kB");
    expect(sizeInWords(999_950)).to.equal("1.0 MB");
    expect(sizeInWords(5_339_975)).to.equal("5.3 MB");
    expect(sizeInWords(26_214_400)).to.equal("26.2 MB");
  });

  it("P10.9 a file's state says what has passed, and who has refused", () => {
    const file = { name: "a", size: 2048, done: 1024 };
    expect(fileState({ ...file, state: "passing" }, true, true)).to.equal("1.0 kB of 2.0 kB");
    expect(fileState({ ...file, state: "refused" }, true, true)).to.equal("They did not take it");
    expect(fileState({ ...file, state: "refused" }, false, true)).to.equal("You did not take it");
    expect(fileState({ ...file, state: "dropped" }, false, true)).to.equal("Stopped after 1.0 kB of 2.0 kB");
  });

  it("P10.9 an offer waits for the other side: until they are online, then until they accept it", () => {
    const file = { name: "a", size: 2048, done: 0, state: "offered" } as const;
    expect(fileState(file, true, false)).to.equal("Waiting until they are online");
    expect(fileState(file, true, true)).to.equal("Waiting until they accept it");
    expect(fileState(file, false, false)).to.equal("They offer you this file");
  });

  it("P10.6 who was never met is not offline: their page is waited for, unless their card is of no use", () => {
    const pending = { state: "offline", isMet: false } as const;
    expect(contactState(pending)).to.equal("waiting until their page is open");
    expect(contactState({ ...pending, problem: "Somebody else has used it." })).to.equal("not met yet");
    expect(contactState({ ...pending, state: "searching" })).to.equal("looking for them");
    expect(contactState({ ...pending, isMet: true })).to.equal("offline");
  });

  it("P10.13 a name without letters or digits still has a picture, and a hostile one is one character", () => {
    expect(initialOf("\u202e<b>bob")).to.equal("B");
    expect(initialOf("!?")).to.equal("?");
    expect(initialOf("ßeta")).to.have.length(1);
    expect(initialOf("𝒳 marks")).to.equal("𝒳");
    expect(hueOf("141065404484172")).to.be.within(0, 7);
  });

  it("P10.13 a day is today, yesterday, or a date", () => {
    const noon = new Date(2030, 0, 15, 12).getTime();
    expect(dayInWords(noon, noon + 3_600_000)).to.equal("Today");
    expect(dayInWords(noon - 86_400_000, noon)).to.equal("Yesterday");
    expect(lastHeard(noon, noon + 3_600_000)).to.equal(timeOfDay(noon));
    expect(lastHeard(noon - 86_400_000, noon)).to.include("14");
    expect(dayInWords(noon - 3 * 86_400_000, noon)).to.include("2030");
  });
});
