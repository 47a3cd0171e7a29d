import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import { InstantColumn } from '../platform/database/index.js';

/** The id of the organization that the first start makes. */
export const FIRST_ORGANIZATION_ID = 1;

/** What holds all data; one exists, but every query names it. */
@Entity('organization')
export class OrganizationEntity {
  @PrimaryGeneratedColumn()
  id!: number;

  @Column({ type: 'varchar', length: 128 })
  name!: string;

  @InstantColumn({ name: 'created_at' })
  createdAt!: number;
}
