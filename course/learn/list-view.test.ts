// Tests the list of exercises and its search.

import { expect } from "chai";
import type { Exercise } from "../exercises/exercises.ts";
import { findExercises } from "./list-view.ts";

describe("the search for exercises", () => {
  const exercise = (id: string, title: string): Exercise => ({ id, kind: "predict", title }) as Exercise;
  const hello = exercise("02-hello", "Say hello before acks");
  const acks = exercise("02-acks", "Deliver");
  const found = (search: string): string[] => findExercises([hello, acks], search).map(({ id }) => id);

  it("finds those with every word, in whatever letters", () => {
    expect(found("HELLO 02")).to.deep.equal(["02-hello"]);
    expect(found("")).to.deep.equal(["02-hello", "02-acks"]);
    expect(found("hello deliver")).to.deep.equal([]);
  });

  it("names first whose id has the words", () => {
    expect(found("acks")).to.deep.equal(["02-acks", "02-hello"]);
  });
});
