import { Transform } from 'class-transformer';

/**
 * Takes a member of the body as it came: free JSON that is stored and returned exactly as submitted, and whose own rules
 * (`targeting-rules`) decide what it may be.
 */
export function RawMember(): PropertyDecorator {
  return Transform(({ obj, key }: { obj: Record<string, unknown>; key: string }) => obj[key]);
}
