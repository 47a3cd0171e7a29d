import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';
import { InstantColumn } from '../../platform/database/index.js';

/**
 * The Ed25519 key pair that an organization's webhooks may sign with. Each has its own: with a common one an organization could
 * send another's receivers requests that pass for theirs.
 */
@Entity('signing_key')
@Index('uq_signing_key_organization', ['organizationId'], { unique: true })
export class SigningKeyEntity {
  @PrimaryGeneratedColumn()
  id!: number;

  @Column({ name: 'organization_id', type: 'int' })
  organizationId!: number;

  /** The 32 bytes of RFC 8032 in base64. */
  @Column({ name: 'public_key', type: 'varchar', length: 64 })
  publicKey!: string;

  /** PKCS#8 in base64, sealed with the master key. */
  @Column({ name: 'sealed_private_key', type: 'text' })
  sealedPrivateKey!: string;

  @InstantColumn({ name: 'created_at' })
  createdAt!: number;
}
