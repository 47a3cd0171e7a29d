import { Injectable } from '@nestjs/common';
import { DomainError } from '../platform/errors/index.js';
import { Log } from '../platform/log/logger.js';
import { RepositoryBuilder } from './repository-builder.js';
import type { RepositoryDocument } from './repository-document.js';
import { RepositorySources } from './repository-sources.js';
import { SdkKeys } from './sdk-keys.js';

/** The document of an SDK key's environment. */
@Injectable()
export class SdkRepositories {
  constructor(
    private readonly keys: SdkKeys,
    private readonly sources: RepositorySources,
    private readonly log: Log,
  ) {}

  /**
   * The document; undefined when the caller has this version or a later one already.
   * @throws DomainError `sdk_key_unknown` where no live environment has the key.
   */
  async get(sdkKey: string, knownVersion = 0): Promise<RepositoryDocument | undefined> {
    const environment = sdkKey === '' ? undefined : await this.keys.findEnvironment(sdkKey);
    if (!environment) throw new DomainError('sdk_key_unknown');
    if (knownVersion >= environment.version) return undefined;
    const { document, omissions } = new RepositoryBuilder(await this.sources.load(environment)).build();
    for (const { kind, key, reason } of omissions) {
      this.log.warn(
        { environmentId: environment.id, project: environment.projectKey, kind, key, reason },
        'left out of what SDKs get',
      );
    }
    return document;
  }
}
