export * from './master-key-rotation.js';
export * from './sealed-texts.js';
export * from './sealing-check.js';
