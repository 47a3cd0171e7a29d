import type { MigrationInterface, QueryRunner } from 'typeorm';

const TABLE = 'delivery';
const INDEX = 'ix_delivery_endpoint';

/**
 * The index by endpoint, status and id serves a log of all states, too, by one look for each state. A change that goes to a hundred
 * endpoints writes to a hundred places of each index that begins with the endpoint.
 */
export class DropDeliveryEndpointIndex1795000000015 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const of = runner.dataSource.options.type === 'better-sqlite3' ? '' : `ON ${TABLE}`;
    await runner.query(`DROP INDEX ${INDEX} ${of}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE INDEX ${INDEX} ON ${TABLE} (endpoint_id, id)`);
  }
}
