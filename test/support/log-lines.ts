import { Writable } from 'node:stream';

/** Gathers what a server logs, a parsed line each. */
export class LogLines {
  readonly lines: Record<string, unknown>[] = [];
  readonly destination = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      for (const line of chunk.toString('utf8').split('\n'))
        if (line !== '') this.lines.push(JSON.parse(line));
      done();
    },
  });

  of(message: string): Record<string, unknown>[] {
    return this.lines.filter((line) => line['msg'] === message);
  }
}
