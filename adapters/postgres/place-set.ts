/** A set of small numbers, one bit each: a document may have millions of objects. */
export class PlaceSet {
  #bits = new Uint8Array(1024);
  #isEmpty = true;

  get isEmpty(): boolean {
    return this.#isEmpty;
  }

  addRange(start: number, count: number): void {
    for (let place = start; place < start + count; place += 1) this.#add(place);
  }

  has(place: number): boolean {
    return ((this.#bits[place >> 3] ?? 0) & (1 << (place & 7))) !== 0;
  }

  #add(place: number): void {
    const at = place >> 3;
    if (at >= this.#bits.length) {
      const larger = new Uint8Array(Math.max(at + 1, this.#bits.length * 2));
      larger.set(this.#bits);
      this.#bits = larger;
    }
    this.#bits[at] = (this.#bits[at] ?? 0) | (1 << (place & 7));
    this.#isEmpty = false;
  }
}
