import { Injectable } from '@nestjs/common';
import type { TouchpointConfig } from './touchpoint-config.js';

/** Configurations kept in memory at the most; beyond it the memory starts anew. */
const MAX_KEPT = 1_000;

/** Parses stored configurations. The same text is the same object: the worker asks for few of them, over and over. */
@Injectable()
export class ConfigTexts {
  readonly #parsed = new Map<string, TouchpointConfig>();

  read(text: string): TouchpointConfig {
    const known = this.#parsed.get(text);
    if (known) return known;
    const config = JSON.parse(text) as TouchpointConfig;
    if (this.#parsed.size >= MAX_KEPT) this.#parsed.clear();
    this.#parsed.set(text, config);
    return config;
  }
}
