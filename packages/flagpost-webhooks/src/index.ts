export * from './data.js';
export * from './events.js';
export * from './parse.js';
export * from './verify.js';
