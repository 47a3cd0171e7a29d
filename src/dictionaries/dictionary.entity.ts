import { Column, Entity, PrimaryColumn } from 'typeorm';
import { InstantColumn } from '../platform/database/index.js';

/** A value that a client keeps for one member, in all organizations alike. */
@Entity('dictionary')
export class DictionaryEntity {
  @PrimaryColumn({ name: 'member_id', type: 'int' })
  memberId!: number;

  /** SHA-256 of the key in lower case: the key itself is too long for an index. */
  @PrimaryColumn({ name: 'key_hash', type: 'varchar', length: 64 })
  keyHash!: string;

  @Column({ type: 'varchar', length: 1024 })
  key!: string;

  /** JSON, character by character as it was sent. */
  @Column({ type: 'text' })
  value!: string;

  @InstantColumn({ name: 'created_at' })
  createdAt!: number;

  @InstantColumn({ name: 'modified_at' })
  modifiedAt!: number;
}
