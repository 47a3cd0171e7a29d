import { Column, Entity, Index, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';
import { InstantColumn } from '../../platform/database/index.js';

/** A word that toggles of a project are marked with. Tags are never changed, nor deleted. */
@Entity('tag')
@Index('uq_tag_name', ['projectId', 'name'], { unique: true })
export class TagEntity {
  @PrimaryGeneratedColumn()
  id!: number;

  @Column({ name: 'organization_id', type: 'int' })
  organizationId!: number;

  @Column({ name: 'project_id', type: 'int' })
  projectId!: number;

  @Column({ type: 'varchar', length: 256 })
  name!: string;

  @InstantColumn({ name: 'created_at' })
  createdAt!: number;

  @Column({ name: 'created_by', type: 'varchar', length: 128 })
  createdBy!: string;
}

/** Says that a toggle has a tag. */
@Entity('toggle_tag')
@Index('ix_toggle_tag_tag', ['tagId'])
export class ToggleTagEntity {
  @PrimaryColumn({ name: 'toggle_id', type: 'int' })
  toggleId!: number;

  @PrimaryColumn({ name: 'tag_id', type: 'int' })
  tagId!: number;
}
