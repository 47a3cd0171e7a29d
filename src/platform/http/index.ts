export * from './access-decorators.js';
export * from './audit-stamps.js';
export * from './exists-query.js';
export * from './limits.js';
export * from './page.js';
export * from './request-context.js';
export * from './resource-key.js';
