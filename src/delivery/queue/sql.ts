export {
  chunksOf,
  inList,
  placeholders,
  rowChunksOf,
  rowPlaceholders,
  whenThen,
  type Fragment,
} from '../../platform/database/index.js';
