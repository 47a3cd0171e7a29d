import { randomInt } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Settings } from '../platform/config/index.js';
import { OperatorNotice } from '../platform/log/operator-notice.js';

const LENGTH = 20;

/** Letters and digits that no font makes look alike. */
const CHARACTERS = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789';

/** The first account's password: the one of the settings, or a random one that is shown once. */
@Injectable()
export class InitialPassword {
  readonly #random: string | undefined;
  #announced = false;

  constructor(
    private readonly settings: Settings,
    private readonly notice: OperatorNotice,
  ) {
    this.#random = settings.adminPassword === undefined ? randomPassword() : undefined;
  }

  get text(): string {
    return this.settings.adminPassword ?? this.#random ?? '';
  }

  /** Shows a random password, once, to whoever started the process; one from the settings is known to them. */
  announce(account: string): void {
    if (this.#random === undefined || this.#announced) return;
    this.#announced = true;
    this.notice.show(
      `\n  First account:  ${account}\n  Password:       ${this.#random}   (shown only now)\n`,
    );
  }
}

function randomPassword(): string {
  return Array.from({ length: LENGTH }, () => CHARACTERS.charAt(randomInt(CHARACTERS.length))).join('');
}
