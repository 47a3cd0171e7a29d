import { Transform } from 'class-transformer';

/** Reads a query's flag, which is text; what is neither true nor false stays as it is, to be refused. */
export function ToFlag(): PropertyDecorator {
  return Transform(({ value }: { value: unknown }) => {
    if (value === 'true') return true;
    return value === 'false' ? false : value;
  });
}

/** Reads a query's list, given as `name[0]=A&name[1]=B`, `name=A&name=B` or `name=A,B`. */
export function ToList(): PropertyDecorator {
  return Transform(({ value }: { value: unknown }) => {
    const entries: unknown = typeof value === 'string' ? value.split(',') : value;
    return Array.isArray(entries) ? (entries as unknown[]).filter((entry) => entry !== '') : entries;
  });
}
