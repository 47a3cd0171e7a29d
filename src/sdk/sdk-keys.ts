import { Injectable } from '@nestjs/common';
import { OnEvent } from '@nestjs/event-emitter';
import { EnvironmentEntity } from '../environments/index.js';
import { EVENT_RECORDED, type DomainEvent } from '../events/index.js';
import { RepositoryBase, UnitOfWork } from '../platform/database/index.js';
import { ProjectEntity } from '../projects/index.js';
import { SdkKeyVersionEntity } from './sdk-key-version.entity.js';

/** The one row of its table. */
const THE_ROW = 1;

/** Events after which there are other environments than before. */
const ENVIRONMENTS_CHANGED: readonly string[] = [
  'PROJECT.CREATE',
  'PROJECT.DELETE',
  'ENVIRONMENT.CREATE',
  'ENVIRONMENT.OFFLINE',
  'ENVIRONMENT.RESTORE',
];

const KEY_PATHS: readonly string[] = ['/serverSdkKey', '/clientSdkKey'];

/** An environment by what its SDKs need. */
export interface SdkEnvironment {
  readonly id: number;
  readonly version: number;
  readonly projectId: number;
  readonly projectKey: string;
}

/** Which SDK keys there are, of all organizations. Their version grows in the unit of each change of them. */
@Injectable()
export class SdkKeys extends RepositoryBase<SdkKeyVersionEntity> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, SdkKeyVersionEntity);
  }

  async version(): Promise<number> {
    const { value } = await this.reading.findOneByOrFail({ id: THE_ROW });
    return value;
  }

  /** Client key to server key, of every live environment. */
  async mapping(): Promise<Record<string, string>> {
    const live = await this.#live().getMany();
    return Object.fromEntries(live.map(({ clientSdkKey, serverSdkKey }) => [clientSdkKey, serverSdkKey]));
  }

  /** The live environment whose server or client key this is. */
  async findEnvironment(sdkKey: string): Promise<SdkEnvironment | undefined> {
    const found = (await this.#live()
      .andWhere('(environment.serverSdkKey = :sdkKey OR environment.clientSdkKey = :sdkKey)', { sdkKey })
      .getOne()) as (EnvironmentEntity & { project: ProjectEntity }) | null;
    // Databases may take texts for equal that aren't; keys are.
    if (!found || (found.serverSdkKey !== sdkKey && found.clientSdkKey !== sdkKey)) return undefined;
    const { id, version, project } = found;
    return { id, version, projectId: project.id, projectKey: project.key };
  }

  @OnEvent(EVENT_RECORDED, { suppressErrors: false })
  async follow({ name, changes }: DomainEvent): Promise<void> {
    const keysReset =
      name === 'ENVIRONMENT.UPDATE' && changes?.some(({ path }) => KEY_PATHS.includes(path)) === true;
    if (!keysReset && !ENVIRONMENTS_CHANGED.includes(name)) return;
    await this.writing.increment({ id: THE_ROW }, 'value', 1);
  }

  #live() {
    return this.unitOfWork.reader
      .getRepository(EnvironmentEntity)
      .createQueryBuilder('environment')
      .innerJoinAndMapOne(
        'environment.project',
        ProjectEntity,
        'project',
        'project.id = environment.projectId AND project.archived = :archived',
      )
      .where('environment.archived = :archived', { archived: false });
  }
}
