// A list of numbers that grows, for what is known of each packet: a number needs as many bytes as its type, and no object.

type List = Float64Array | Uint32Array | Int32Array | Uint16Array;

const FIRST_LENGTH = 1024;

export class Column {
  readonly #make: (length: number) => List;
  #list: List;
  #length = 0;

  /** @param make gives a list of this many zeros, of the type that the column has */
  constructor(make: (length: number) => List) {
    this.#make = make;
    this.#list = make(FIRST_LENGTH);
  }

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    if (this.#length === this.#list.length) {
      const longer = this.#make(Math.ceil(this.#length * 1.5));
      longer.set(this.#list);
      this.#list = longer;
    }
    this.#list[this.#length] = value;
    this.#length += 1;
  }

  /** 0 behind the end. */
  at(index: number): number {
    return index < this.#length ? (this.#list[index] ?? 0) : 0;
  }
}
