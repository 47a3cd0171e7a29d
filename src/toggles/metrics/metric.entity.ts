import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';
import { AuditedEntity } from '../../platform/database/index.js';

/** How the events of users become one figure. */
export const METRIC_TYPES = ['CONVERSION', 'COUNT', 'AVERAGE', 'SUM'] as const;
export type MetricType = (typeof METRIC_TYPES)[number];

/** What is counted: an event that code sends, or one that SDKs in browsers notice by themselves. */
export const METRIC_EVENT_TYPES = ['CUSTOM', 'PAGE_VIEW', 'CLICK'] as const;
export type MetricEventType = (typeof METRIC_EVENT_TYPES)[number];

/** How the address of a page is compared with a metric's `url`. */
export const URL_MATCHERS = ['SIMPLE', 'EXACT', 'SUBSTRING', 'REGULAR'] as const;
export type UrlMatcher = (typeof URL_MATCHERS)[number];

/** Whether more or less of it is better. */
export const WIN_CRITERIA = ['POSITIVE', 'NEGATIVE'] as const;
export type WinCriteria = (typeof WIN_CRITERIA)[number];

/** What the figure is divided by. */
export const DENOMINATORS = ['TOTAL_SAMPLE', 'TOTAL_PV'] as const;
export type Denominator = (typeof DENOMINATORS)[number];

/** What a toggle's variations are compared by in one environment. */
@Entity('metric')
@Index('uq_metric_targeting', ['targetingId'], { unique: true })
export class MetricEntity extends AuditedEntity {
  @PrimaryGeneratedColumn()
  id!: number;

  @Column({ name: 'organization_id', type: 'int' })
  organizationId!: number;

  @Column({ name: 'targeting_id', type: 'int' })
  targetingId!: number;

  @Column({ type: 'varchar', length: 256 })
  name!: string;

  @Column({ type: 'varchar', length: 1024 })
  description!: string;

  @Column({ type: 'varchar', length: 64 })
  unit!: string;

  @Column({ name: 'metric_type', type: 'varchar', length: 16 })
  metricType!: MetricType;

  @Column({ name: 'event_type', type: 'varchar', length: 16 })
  eventType!: MetricEventType;

  @Column({ type: 'varchar', length: 16 })
  denominator!: Denominator;

  @Column({ name: 'win_criteria', type: 'varchar', length: 16, nullable: true })
  winCriteria!: WinCriteria | null;

  /** Given for CUSTOM events; for the others made from what they watch, so that all who watch the same share it. */
  @Column({ name: 'event_name', type: 'varchar', length: 256 })
  eventName!: string;

  /** Only of PAGE_VIEW and CLICK, like `url`. */
  @Column({ type: 'varchar', length: 16, nullable: true })
  matcher!: UrlMatcher | null;

  @Column({ type: 'varchar', length: 2048, nullable: true })
  url!: string | null;

  /** CSS selector of what is clicked, only of CLICK. */
  @Column({ type: 'varchar', length: 1024, nullable: true })
  selector!: string | null;
}
