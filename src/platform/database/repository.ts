import type { EntityManager, EntityTarget, ObjectLiteral, Repository, SelectQueryBuilder } from 'typeorm';
import { dialectOf } from './dialect.js';
import { UnitOfWork } from './unit-of-work.js';

/**
 * What repositories of Flagpost share: reads come from the open unit or from committed rows, writes need a unit. Subclasses
 * add the queries of their entity; every one of them names the organization or a row that belongs to it.
 */
export abstract class RepositoryBase<Entity extends ObjectLiteral> {
  protected constructor(
    protected readonly unitOfWork: UnitOfWork,
    private readonly target: EntityTarget<Entity>,
  ) {}

  /** Inserts or updates; fills generated ids into the given object. */
  async save(entity: Entity): Promise<Entity> {
    return this.writing.save(entity);
  }

  protected get reading(): Repository<Entity> {
    return this.unitOfWork.reader.getRepository(this.target);
  }

  protected get writing(): Repository<Entity> {
    return this.unitOfWork.manager.getRepository(this.target);
  }

  protected get manager(): EntityManager {
    return this.unitOfWork.manager;
  }

  /**
   * Locks the rows a query reads until the unit ends, where the database can; on SQLite units run one at a time anyway.
   * The query has to be built on `writing`.
   */
  protected locked(query: SelectQueryBuilder<Entity>): SelectQueryBuilder<Entity> {
    return this.unitOfWork.dialect.locksRows ? query.setLock('pessimistic_write') : query;
  }
}

/** Narrows a query to rows that have `text` in any of these columns, whatever its case. Once a query. */
export function narrowToText<Row extends ObjectLiteral>(
  query: SelectQueryBuilder<Row>,
  columns: readonly string[],
  text: string,
): void {
  const { comparesBytesFaster } = dialectOf(query.dataSource);
  const matches = columns.map((column) =>
    comparesBytesFaster
      ? `LOWER(${column}) LIKE CAST(LOWER(:searchedText) AS BINARY) ESCAPE '!'`
      : `${column} LIKE :searchedText ESCAPE '!'`,
  );
  query.andWhere(`(${matches.join(' OR ')})`, { searchedText: containsPattern(text) });
}

/** The `LIKE` pattern that finds `text` anywhere, its wildcards taken literally. */
function containsPattern(text: string): string {
  return `%${text.replace(/[!%_]/g, '!$&')}%`;
}
