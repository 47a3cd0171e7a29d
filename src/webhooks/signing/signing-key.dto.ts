import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, Min } from 'class-validator';
import { calculateJwkThumbprint } from 'jose';

/** Where the public keys of an organization stand, on this server. */
export function publicKeyPath(organizationId: number): string {
  return `/.well-known/organizations/${organizationId}/jwks.json`;
}

/** The `{organizationId}` of a path. */
export class OrganizationPath {
  @ApiProperty({ example: 1 })
  @Type(() => Number)
  @Min(0)
  @IsInt()
  organizationId!: number;
}

/** A public key as a JWK (RFC 8037), and in the form of Standard Webhooks. */
export class SigningKeyDto {
  @ApiProperty({ enum: ['OKP'] })
  kty!: 'OKP';

  @ApiProperty({ enum: ['Ed25519'] })
  crv!: 'Ed25519';

  @ApiProperty({ example: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo', description: 'base64url.' })
  x!: string;

  @ApiProperty({ example: 'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k', description: 'RFC 7638.' })
  kid!: string;

  @ApiProperty({ enum: ['sig'] })
  use!: 'sig';

  @ApiProperty({ enum: ['EdDSA'] })
  alg!: 'EdDSA';

  @ApiProperty({
    example: 'whpk_11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=',
    description: 'The same key as libraries of Standard Webhooks take it.',
  })
  whpk!: string;

  /** @param publicKey 32 bytes in base64 */
  static async from(publicKey: string): Promise<SigningKeyDto> {
    const jwk = {
      kty: 'OKP',
      crv: 'Ed25519',
      x: Buffer.from(publicKey, 'base64').toString('base64url'),
    } as const;
    return {
      ...jwk,
      kid: await calculateJwkThumbprint(jwk),
      use: 'sig',
      alg: 'EdDSA',
      whpk: `whpk_${publicKey}`,
    };
  }
}

/** A JSON Web Key Set (RFC 7517). */
export class SigningKeySetDto {
  @ApiProperty({ type: [SigningKeyDto] })
  keys!: SigningKeyDto[];
}
