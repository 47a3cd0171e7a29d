import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/**
 * Says that a toggle depends on another one, its parent, in one environment. The content of the toggle's targeting is the truth;
 * these rows answer what contents can't be asked: who depends on a toggle, and whether dependencies end.
 */
@Entity('prerequisite')
@Index('ix_prerequisite_parent', ['environmentId', 'parentToggleId', 'toggleId'])
export class PrerequisiteEntity {
  /** Of the toggle that depends. */
  @PrimaryColumn({ name: 'targeting_id', type: 'int' })
  targetingId!: number;

  /** What it depends on. */
  @PrimaryColumn({ name: 'parent_toggle_id', type: 'int' })
  parentToggleId!: number;

  @Column({ name: 'environment_id', type: 'int' })
  environmentId!: number;

  /** The one that depends. */
  @Column({ name: 'toggle_id', type: 'int' })
  toggleId!: number;

  /** The value that the parent must have for the user. */
  @Column({ name: 'dependent_value', type: 'text' })
  dependentValue!: string;
}
