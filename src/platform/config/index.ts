export * from './key-file.js';
export * from './load-settings.js';
export * from './master-key.js';
export * from './setting-catalogue.js';
export * from './settings.js';
