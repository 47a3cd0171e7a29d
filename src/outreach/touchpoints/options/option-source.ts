import { Injectable } from '@nestjs/common';
import { GuardedClient } from '../../../delivery/index.js';
import { Clock } from '../../../platform/clock/clock.js';
import { DomainError, invalidField, notFound } from '../../../platform/errors/index.js';
import type { TemplateParam, TouchpointConfig } from '../touchpoint-config.js';
import type { Option } from './option.js';
import { readOptions } from './option-answer.js';

/** How old fetched values may be: the documents say "some minutes". */
const KEPT_MS = 3 * 60_000;

/** Sets of values that are kept; when it is full the memory starts anew. */
const MAX_KEPT = 100;

const LIMITS = { timeoutMs: 5_000, maxBytes: 1024 * 1024 };

/** The project that values are asked for; undefined: none was named. */
export type ForProject = { readonly id: number } | undefined;

interface Kept {
  readonly askedAt: number;
  readonly options: Promise<readonly Option[]>;
}

/**
 * The values of `ENUM` parameters: those by hand, and those that an API of the customer's gives for a project, which are kept for some
 * minutes. Callers who come while the API is being asked share its answer; failures are not kept. Not to be asked inside a unit of
 * work, since it may take seconds.
 */
@Injectable()
export class OptionSource {
  readonly #kept = new Map<string, Kept>();

  constructor(
    private readonly client: GuardedClient,
    private readonly clock: Clock,
  ) {}

  /**
   * @throws DomainError `not_found` where there is no such parameter; `field_invalid` where it is no `ENUM`, or no project is named and
   * the values differ from project to project; `options_unavailable` with what the API did wrong
   */
  async optionsOf(
    touchpoint: { readonly id: number; readonly config: TouchpointConfig },
    paramName: string,
    project: ForProject,
  ): Promise<readonly Option[]> {
    const param = touchpoint.config.templateParams.find(({ name }) => name === paramName);
    if (!param) throw notFound('template_param', paramName);
    const { options } = param;
    if (!options) {
      throw invalidField(paramName, {
        en: `is of type ${param.type}: only an ENUM has values to choose from`,
        zh: `的类型为 ${param.type}：只有 ENUM 有可选值`,
      });
    }
    if ('values' in options) return options.values.map(({ code, name }) => ({ code, description: name }));
    if (!project) {
      throw invalidField('projectKey', {
        en: 'is required: these values come from an API, which may have others for each project',
        zh: '不能为空：这些枚举值来自接口，可能因项目而异',
      });
    }
    const { url } = options;
    // All that the request says is in the key, so that an edit counts at once.
    const key = JSON.stringify([touchpoint.id, project.id, url, param.name, param.displayName]);
    return this.#keptOr(key, () => this.#ask(url, param, project.id));
  }

  #keptOr(key: string, ask: () => Promise<readonly Option[]>): Promise<readonly Option[]> {
    const now = this.clock.now();
    const known = this.#kept.get(key);
    if (known && Math.abs(now - known.askedAt) < KEPT_MS) return known.options;
    if (this.#kept.size >= MAX_KEPT) this.#kept.clear();
    const kept = { askedAt: now, options: ask() };
    this.#kept.set(key, kept);
    kept.options.catch(() => {
      if (this.#kept.get(key) === kept) this.#kept.delete(key);
    });
    return kept.options;
  }

  async #ask(url: string, param: TemplateParam, projectId: number): Promise<readonly Option[]> {
    const { name, displayName } = param;
    const request = { projectId, paramDescription: displayName ?? name, paramName: name };
    const result = await this.client.post(url, request, LIMITS);
    const reading =
      result.kind === 'answer'
        ? readOptions(result.statusCode, result.text)
        : { problem: { en: result.message, zh: result.message } };
    if ('options' in reading) return reading.options;
    throw new DomainError('options_unavailable', { param: name, reason: reading.problem });
  }
}
