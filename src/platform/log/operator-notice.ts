import { Injectable } from '@nestjs/common';

/** Words for the person who started the process: plain text on standard output, beside the structured log and never in it. */
@Injectable()
export class OperatorNotice {
  show(text: string): void {
    process.stdout.write(text);
  }
}
