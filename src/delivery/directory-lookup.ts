import { Injectable } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { EndpointDirectory } from './endpoint-directory.js';

/** Finds the directory late: the feature that owns endpoints depends on the engine, not the other way round. */
@Injectable()
export class DirectoryLookup {
  #directory: EndpointDirectory | undefined;

  constructor(private readonly modules: ModuleRef) {}

  get directory(): EndpointDirectory {
    return (this.#directory ??= this.modules.get<EndpointDirectory>(EndpointDirectory, { strict: false }));
  }
}
