import { Injectable } from '@nestjs/common';
import { RepositoryBase, UnitOfWork } from '../../platform/database/index.js';
import { TagEntity, ToggleTagEntity } from './tag.entity.js';
import { TagRepository } from './tag.repository.js';

/** Which toggles have which tags. */
@Injectable()
export class TagLinks extends RepositoryBase<ToggleTagEntity> {
  constructor(
    unitOfWork: UnitOfWork,
    private readonly tags: TagRepository,
  ) {
    super(unitOfWork, ToggleTagEntity);
  }

  /** The names of the tags of toggles, by the toggle's id, in one statement; oldest tag first, none for toggles without. */
  async namesOf(toggleIds: readonly number[]): Promise<Map<number, string[]>> {
    const names = new Map<number, string[]>(toggleIds.map((id) => [id, []]));
    if (toggleIds.length === 0) return names;
    const rows = await this.unitOfWork.reader
      .createQueryBuilder(TagEntity, 'tag')
      .innerJoin(ToggleTagEntity, 'link', 'link.tagId = tag.id')
      .select(['link.toggleId AS toggle_id', 'tag.name AS name'])
      .where('link.toggleId IN (:...toggleIds)', { toggleIds })
      .orderBy('tag.id', 'ASC')
      .getRawMany<{ toggle_id: number; name: string }>();
    for (const { toggle_id: id, name } of rows) names.get(id)?.push(name);
    return names;
  }

  /**
   * Gives a toggle, which the unit has made or locked, these tags and no others; names of no tag of the project are left out.
   * Answers the names as the tags have them.
   */
  async replace(projectId: number, toggleId: number, names: readonly string[]): Promise<string[]> {
    const tags = await this.tags.findAll(projectId, names);
    await this.writing.delete({ toggleId });
    if (tags.length > 0) await this.writing.insert(tags.map(({ id }) => ({ toggleId, tagId: id })));
    return tags.map(({ name }) => name);
  }
}
