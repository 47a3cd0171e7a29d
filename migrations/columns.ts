import { type QueryRunner, Table, type TableColumnOptions, TableIndex } from 'typeorm';

/**
 * Columns that mean the same on SQLite and on MySQL and MariaDB, for use in migrations. The few differences between the
 * databases live here: `boolean` is `tinyint` on MySQL, long text is `longtext` there, and text that ignores case
 * needs a collation on SQLite while MySQL's default collation ignores it already.
 */
export class Columns {
  readonly #mysql: boolean;

  constructor(private readonly runner: QueryRunner) {
    this.#mysql = runner.dataSource.options.type !== 'better-sqlite3';
  }

  /** A whole-number primary key that the database counts up. */
  id(): TableColumnOptions {
    return {
      name: 'id',
      type: this.#mysql ? 'int' : 'integer',
      isPrimary: true,
      isGenerated: true,
      generationStrategy: 'increment',
    };
  }

  /** A UUIDv7 made by the application. */
  uuid(name: string, options: Partial<TableColumnOptions> = {}): TableColumnOptions {
    return this.text(name, 36, options);
  }

  /** The same where rows are found and joined by it at a high rate: compared byte by byte, and a third of the size in MySQL's memory. */
  uuidKey(name: string, options: Partial<TableColumnOptions> = {}): TableColumnOptions {
    const bytes = this.#mysql ? { charset: 'ascii', collation: 'ascii_bin' } : {};
    return this.uuid(name, { ...bytes, ...options });
  }

  /** Text of a fixed width: InnoDB changes it in place, where text that grows would move the row. */
  fixedText(name: string, length: number, options: Partial<TableColumnOptions> = {}): TableColumnOptions {
    return { ...this.text(name, length, options), type: this.#mysql ? 'char' : 'character' };
  }

  integer(name: string, options: Partial<TableColumnOptions> = {}): TableColumnOptions {
    return { name, type: this.#mysql ? 'int' : 'integer', ...options };
  }

  /** A counter that may pass 2^31. */
  bigint(name: string, options: Partial<TableColumnOptions> = {}): TableColumnOptions {
    return { name, type: 'bigint', ...options };
  }

  /** Epoch milliseconds. */
  instant(name: string, options: Partial<TableColumnOptions> = {}): TableColumnOptions {
    return this.bigint(name, options);
  }

  flag(name: string, options: Partial<TableColumnOptions> = {}): TableColumnOptions {
    return { name, type: this.#mysql ? 'tinyint' : 'boolean', ...options };
  }

  text(name: string, length: number, options: Partial<TableColumnOptions> = {}): TableColumnOptions {
    return { name, type: 'varchar', length: String(length), ...options };
  }

  /** Text that is equal whatever its case: keys, names, accounts. */
  keyText(name: string, length: number, options: Partial<TableColumnOptions> = {}): TableColumnOptions {
    return { ...this.text(name, length, options), ...(this.#mysql ? {} : { collation: 'NOCASE' }) };
  }

  /** Text that is equal only byte by byte, such as ids that others made. */
  exactText(name: string, length: number, options: Partial<TableColumnOptions> = {}): TableColumnOptions {
    const bytes = this.#mysql ? { charset: 'utf8mb4', collation: 'utf8mb4_bin' } : {};
    return { ...this.text(name, length, options), ...bytes };
  }

  /** Text without a practical limit, JSON among it. */
  longText(name: string, options: Partial<TableColumnOptions> = {}): TableColumnOptions {
    return { name, type: this.#mysql ? 'longtext' : 'text', ...options };
  }

  /** Who made and last changed a row, and when. */
  audit(): TableColumnOptions[] {
    return [
      this.instant('created_at'),
      this.text('created_by', 128),
      this.instant('modified_at'),
      this.text('modified_by', 128),
    ];
  }

  /** @param options.byKey the table is its primary key's index, as on MySQL; for SQLite, which would keep both */
  async createTable(
    name: string,
    columns: TableColumnOptions[],
    indexes: { name: string; columns: string[]; unique?: boolean }[] = [],
    options: { byKey?: boolean } = {},
  ): Promise<void> {
    await this.runner.createTable(
      new Table({
        name,
        columns,
        withoutRowid: options.byKey ?? false,
        indices: indexes.map(
          (index) =>
            new TableIndex({ name: index.name, columnNames: index.columns, isUnique: index.unique ?? false }),
        ),
      }),
    );
  }

  /**
   * Adds columns in place; those that may not be null need a default. TypeORM's own `addColumns` makes SQLite's table anew, and
   * forgets on the way that text ignores case.
   */
  async addColumns(table: string, columns: TableColumnOptions[]): Promise<void> {
    for (const { name, type, length, isNullable, default: value } of columns) {
      const rule = isNullable ? 'NULL' : `NOT NULL DEFAULT ${value}`;
      const size = length ? `(${length})` : '';
      await this.runner.query(`ALTER TABLE ${table} ADD COLUMN ${name} ${type}${size} ${rule}`);
    }
  }

  /**
   * Makes keys, names and accounts compare without regard to case on MySQL, whatever the server's default is. Runs before the
   * first table is made.
   */
  async ignoreCase(): Promise<void> {
    if (this.#mysql)
      await this.runner.query('ALTER DATABASE CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci');
  }
}
