import { Injectable } from '@nestjs/common';
import { MasterKey } from '../platform/config/index.js';
import { SealedTexts } from '../platform/sealing/index.js';

/** Extra request headers by their names as sent. */
export type HeaderValues = Readonly<Record<string, string>>;

/** The secrets of webhooks, and the extra headers, whose values are secrets too. The empty secret signs nothing. */
@Injectable()
export class WebhookSecrets extends SealedTexts {
  constructor(masterKey: MasterKey) {
    super(masterKey);
  }

  sealHeaders(headers: HeaderValues): string | null {
    return Object.keys(headers).length === 0 ? null : this.seal(JSON.stringify(headers));
  }

  openHeaders(sealed: string | null): HeaderValues {
    return sealed === null ? {} : (JSON.parse(this.open(sealed)) as HeaderValues);
  }
}
