export * from './master-key-rotation.js';
export * from './sealing-check.js';
