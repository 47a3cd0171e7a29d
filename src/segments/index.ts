export { SegmentEntity, TargetingSegmentEntity } from './segment.entity.js';
export { SegmentReader } from './segment-reader.js';
export { type ReferenceCopy, SegmentReferences } from './segment-references.js';
export { SegmentsModule } from './segments.module.js';
