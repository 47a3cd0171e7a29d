import { Injectable } from '@nestjs/common';
import { Not } from 'typeorm';
import { RepositoryBase, UnitOfWork } from '../platform/database/index.js';
import { isResourceKey } from '../platform/http/index.js';
import { TagLinks } from './tags/tag-links.js';
import { ToggleEntity } from './toggle.entity.js';

/** A toggle with the names of its tags. */
export type TaggedToggle = ToggleEntity & { tags: string[] };

/** Toggles, one at a time; each has its tags with it. */
@Injectable()
export class ToggleRepository extends RepositoryBase<ToggleEntity> {
  constructor(
    unitOfWork: UnitOfWork,
    private readonly tags: TagLinks,
  ) {
    super(unitOfWork, ToggleEntity);
  }

  /** Archived or not. */
  async find(projectId: number, key: string): Promise<TaggedToggle | null> {
    // Databases differ in what they take for the same text; what can't be a key is not looked up at all.
    if (!isResourceKey(key)) return null;
    return this.#tagged(await this.reading.findOneBy({ projectId, key }));
  }

  /** The same, locked until the unit ends. */
  async lock(projectId: number, key: string): Promise<TaggedToggle | null> {
    if (!isResourceKey(key)) return null;
    const query = this.writing.createQueryBuilder('toggle').where({ projectId, key });
    return this.#tagged(await this.locked(query).getOne());
  }

  /** Whether a key is taken, by an archived toggle too. */
  async hasKey(projectId: number, key: string): Promise<boolean> {
    return this.reading.existsBy({ projectId, key });
  }

  /** Whether a name is taken by a toggle, archived or not, other than `exceptId`. */
  async hasName(projectId: number, name: string, exceptId = 0): Promise<boolean> {
    return this.reading.existsBy({ projectId, name, id: Not(exceptId) });
  }

  /** Adds a row and fills in its id. Of the tags, those that the project has are kept. */
  async insert({ tags, ...columns }: Omit<TaggedToggle, 'id'>): Promise<TaggedToggle> {
    const row = { ...columns } as ToggleEntity;
    await this.writing.insert(row);
    return { ...row, tags: tags.length > 0 ? await this.setTags(row, tags) : [] };
  }

  /** Writes a row that the unit has locked; its tags are set by `setTags`. */
  async update({ id, tags: _tags, ...columns }: TaggedToggle): Promise<void> {
    await this.writing.update({ id }, columns);
  }

  /** Gives a toggle these tags and no others; answers those of them that the project has. */
  async setTags(toggle: Pick<ToggleEntity, 'id' | 'projectId'>, names: readonly string[]): Promise<string[]> {
    return this.tags.replace(toggle.projectId, toggle.id, names);
  }

  async #tagged(toggle: ToggleEntity | null): Promise<TaggedToggle | null> {
    if (!toggle) return null;
    const names = await this.tags.namesOf([toggle.id]);
    return Object.assign(toggle, { tags: names.get(toggle.id) ?? [] });
  }
}
