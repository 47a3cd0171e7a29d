const NEWLINE = 0x0a;
const QUOTE = 0x22;
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** A line of a file, without the line feed at its end. */
export interface Line {
  /** From 1. */
  readonly number: number;
  readonly bytes: Buffer;
}

/** A line that was too long to be kept. */
export interface LongLine {
  readonly number: number;
  /** How many `"` it had. */
  readonly quotes: number;
}

/**
 * Cuts a stream of bytes into lines, holding no more than the one that has begun. Of one that is too long only the quotes are counted. A
 * byte order mark at the very beginning is left out.
 */
export class LineSplitter {
  #parts: Buffer[] = [];
  #length = 0;
  #number = 1;
  /** Of a line that has turned out too long; undefined for others. */
  #quotes: number | undefined;

  constructor(private readonly maxBytes: number) {}

  /** The lines that end in this piece. */
  *push(piece: Buffer): Generator<Line | LongLine> {
    let start = 0;
    for (let end = piece.indexOf(NEWLINE); end >= 0; end = piece.indexOf(NEWLINE, start)) {
      this.#add(piece.subarray(start, end));
      yield this.#take();
      start = end + 1;
    }
    this.#add(piece.subarray(start));
  }

  /** What stands after the last line feed, if anything. */
  *end(): Generator<Line | LongLine> {
    if (this.#length > 0) yield this.#take();
  }

  #add(part: Buffer): void {
    this.#length += part.length;
    if (this.#length > this.maxBytes && this.#quotes === undefined) {
      this.#quotes = quotesIn(this.#parts);
      this.#parts = [];
    }
    if (this.#quotes === undefined) this.#parts.push(part);
    else this.#quotes += quotesIn([part]);
  }

  #take(): Line | LongLine {
    const number = this.#number;
    const quotes = this.#quotes;
    const [first = Buffer.alloc(0)] = this.#parts;
    const bytes = this.#parts.length > 1 ? Buffer.concat(this.#parts) : first;
    this.#parts = [];
    this.#length = 0;
    this.#quotes = undefined;
    this.#number += 1;
    if (quotes !== undefined) return { number, quotes };
    return { number, bytes: number === 1 ? withoutMark(bytes) : bytes };
  }
}

function withoutMark(bytes: Buffer): Buffer {
  const length = BYTE_ORDER_MARK.length;
  return bytes.subarray(0, length).equals(BYTE_ORDER_MARK) ? bytes.subarray(length) : bytes;
}

function quotesIn(parts: readonly Buffer[]): number {
  let count = 0;
  for (const part of parts)
    for (let at = part.indexOf(QUOTE); at >= 0; at = part.indexOf(QUOTE, at + 1)) count += 1;
  return count;
}
