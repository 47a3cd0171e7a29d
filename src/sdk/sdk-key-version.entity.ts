import { Entity, PrimaryColumn } from 'typeorm';
import { BigintColumn } from '../platform/database/index.js';

/** Counts the changes of which SDK keys there are. One row, made by its migration. */
@Entity('sdk_key_version')
export class SdkKeyVersionEntity {
  @PrimaryColumn({ type: 'int' })
  id!: number;

  @BigintColumn()
  value!: number;
}
