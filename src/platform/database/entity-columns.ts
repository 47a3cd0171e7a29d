import { Column, type ColumnOptions } from 'typeorm';

/** Numbers above 2^31 (instants, counters) arrive as text from MySQL. */
const bigintAsNumber = {
  to: (value: number | null | undefined): number | null | undefined => value,
  from: (value: string | number | null | undefined): number | null =>
    value === null || value === undefined ? null : Number(value),
};

/** A number that may grow beyond 2^31 but never beyond 2^53. */
export function BigintColumn(options: ColumnOptions = {}): PropertyDecorator {
  return Column({ type: 'bigint', transformer: bigintAsNumber, ...options });
}

/** An instant: epoch milliseconds, UTC. */
export function InstantColumn(options: ColumnOptions = {}): PropertyDecorator {
  return BigintColumn(options);
}

/**
 * A whole number or an instant that may be missing, in rows that change at a high rate: 0 in the table and null in the entity. NULL
 * takes no room in a row of InnoDB, so that a row would grow, and move, when its value comes.
 */
export function ZeroAsNullColumn(options: ColumnOptions = {}): PropertyDecorator {
  const transformer = {
    to: (value: number | null | undefined): number => value ?? 0,
    from: (value: string | number): number | null => Number(value) || null,
  };
  return Column({ type: 'bigint', transformer, ...options });
}

/** Who made and last changed a row, and when. Filled by `AuditStamps`. */
export abstract class AuditedEntity {
  @InstantColumn({ name: 'created_at' })
  createdAt!: number;

  @Column({ name: 'created_by', type: 'varchar', length: 128 })
  createdBy!: string;

  @InstantColumn({ name: 'modified_at' })
  modifiedAt!: number;

  @Column({ name: 'modified_by', type: 'varchar', length: 128 })
  modifiedBy!: string;
}
