export * from './dialect.js';
export * from './emit-in-order.js';
export * from './entity-columns.js';
export * from './repository.js';
export * from './unit-of-work.js';
export * from './sql.js';
