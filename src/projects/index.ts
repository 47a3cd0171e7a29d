export { ProjectEntity } from './project.entity.js';
export { type ProjectName, ProjectService } from './project.service.js';
export { ProjectsModule } from './projects.module.js';
