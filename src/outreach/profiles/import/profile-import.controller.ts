import { Controller, Headers, HttpCode, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiConsumes, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentProject, type ProjectRef } from '../../../access/index.js';
import { RequestContext, StreamedBody, StreamsBody } from '../../../platform/http/index.js';
import { ImportReportDto } from '../profile.dto.js';
import { IMPORT_TYPES, readerOf } from './import-format.js';
import { ProfileImport } from './profile-import.js';

const EXAMPLE = '{"userId":"u-17","attributes":{"city":"Paris","level":3}}\n';

@ApiTags('profiles')
@ApiBearerAuth()
@Controller('api/projects/:projectKey/profiles/import')
export class ProfileImportController {
  constructor(
    private readonly profileImport: ProfileImport,
    private readonly context: RequestContext,
  ) {}

  @Post()
  @HttpCode(200)
  @StreamsBody()
  @ApiOperation({
    summary: 'Makes and changes many profiles',
    description:
      'A file of any size: NDJSON with one profile a line, or CSV with a header row that names `gid`, `userId` or both, and attributes, all of ' +
      'which are text; an empty cell is not given. It may come with `Content-Encoding: gzip`. A row that can’t be taken is counted and named, ' +
      'and the others go on. Rows are written while the file comes, so where it breaks off, those that came stay.',
  })
  @ApiConsumes(...IMPORT_TYPES)
  @ApiBody({ schema: { type: 'string', example: EXAMPLE } })
  @ApiOkResponse({ type: ImportReportDto })
  async import(
    @CurrentProject() project: ProjectRef,
    @Headers('content-type') contentType: string | undefined,
    @StreamedBody() file: AsyncIterable<Buffer>,
  ): Promise<ImportReportDto> {
    const { errors, ...counts } = await this.profileImport.run(project.id, file, readerOf(contentType));
    const locale = this.context.current?.locale ?? 'en';
    return {
      ...counts,
      errors: errors.map(({ line, problem: { field, problem } }) => ({
        line,
        message: `${field} ${problem[locale]}`,
      })),
    };
  }
}
