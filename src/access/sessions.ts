import { webcrypto } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { errors, jwtVerify, SignJWT } from 'jose';
import type { ActiveMember } from '../members/index.js';
import { Clock } from '../platform/clock/clock.js';
import { MasterKey } from '../platform/config/index.js';

/** How long a session lasts without being used, in seconds: each answer carries a fresh one. */
const LIFETIME_SECONDS = 12 * 3600;
const ALGORITHM = 'HS256';
const HMAC = { name: 'HMAC', hash: 'SHA-256' };

/** How far clocks of processes may be apart, in seconds: what one has just issued is good at another, whose clock may be behind. */
const CLOCK_TOLERANCE_SECONDS = 60;
const PURPOSE = 'flagpost session tokens';

/** What a valid token proves. Everything else about the member is looked up at each call. */
export interface Session {
  readonly memberId: number;
  readonly sessionEpoch: number;
}

/** Makes and checks session tokens: JWTs signed with a key that outlives restarts, with the claims FeatureProbe's have. */
@Injectable()
export class Sessions {
  readonly #key: Promise<webcrypto.CryptoKey>;
  /** Those that a valid token may be signed with: more than one while the master key is rotated. */
  readonly #keys: readonly Promise<webcrypto.CryptoKey>[];

  constructor(
    masterKey: MasterKey,
    private readonly clock: Clock,
  ) {
    this.#key = keyOf(masterKey.derive(PURPOSE));
    this.#keys = masterKey.deriveAll(PURPOSE).map(keyOf);
  }

  /** A token for a member who works in this organization, good for twelve hours from now. */
  async issue(member: ActiveMember, organizationId: number): Promise<string> {
    const now = Math.floor(this.clock.now() / 1000);
    const current = member.memberships.find((membership) => membership.organizationId === organizationId);
    return new SignJWT({
      account: member.account,
      userId: member.id,
      role: current?.role,
      organizations: organizationsClaim(member),
      session_epoch: member.sessionEpoch,
    })
      .setProtectedHeader({ alg: ALGORITHM })
      .setSubject(member.account)
      .setIssuedAt(now)
      .setNotBefore(now)
      .setExpirationTime(now + LIFETIME_SECONDS)
      .sign(await this.#key);
  }

  /** Undefined for a token that is not one of ours, was changed, or has expired. */
  async verify(token: string): Promise<Session | undefined> {
    for (const key of this.#keys) {
      const session = await this.#verifyWith(await key, token);
      if (session) return session;
    }
    return undefined;
  }

  async #verifyWith(key: webcrypto.CryptoKey, token: string): Promise<Session | undefined> {
    try {
      const { payload } = await jwtVerify(token, key, {
        algorithms: [ALGORITHM],
        currentDate: new Date(this.clock.now()),
        requiredClaims: ['exp'],
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
      });
      const { userId, session_epoch: sessionEpoch, exp = 0 } = payload;
      // The tolerance is for the beginning of a session, not for its end.
      if (exp * 1000 <= this.clock.now()) return undefined;
      if (typeof userId !== 'number' || typeof sessionEpoch !== 'number') return undefined;
      return { memberId: userId, sessionEpoch };
    } catch (error) {
      if (error instanceof errors.JOSEError) return undefined;
      throw error;
    }
  }
}

/** Imported once: otherwise each call would import it anew. */
function keyOf(secret: Buffer): Promise<webcrypto.CryptoKey> {
  return webcrypto.subtle.importKey('raw', new Uint8Array(secret), HMAC, false, ['sign', 'verify']);
}

/** A map from organization id to membership, as JSON text: that is how FeatureProbe's tokens have it. */
function organizationsClaim(member: ActiveMember): string {
  const entries = member.memberships.map(({ organizationId, organizationName, role }) => [
    String(organizationId),
    { organizationId, organizationName, role, valid: true, roleName: role },
  ]);
  return JSON.stringify(Object.fromEntries(entries));
}
