import { Controller, Get, Header, Param } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Public } from '../../platform/http/index.js';
import { OrganizationPath, SigningKeyDto, SigningKeySetDto } from './signing-key.dto.js';
import { SigningKeys } from './signing-keys.js';

/** How long receivers may keep the keys, seconds. Short, so that one who asked before there was a key asks again soon. */
const MAX_AGE_SECONDS = 300;

/** Where receivers find what asymmetric signatures are checked with. */
@ApiTags('webhooks')
@Public()
@Controller('.well-known/organizations')
export class SigningKeyController {
  constructor(private readonly keys: SigningKeys) {}

  @Get(':organizationId/jwks.json')
  @Header('Cache-Control', `public, max-age=${MAX_AGE_SECONDS}`)
  @ApiOperation({
    summary: "Public keys of an organization's webhooks",
    description: 'None where no webhook of it asks for asymmetric signatures.',
  })
  @ApiOkResponse({ type: SigningKeySetDto })
  async list(@Param() { organizationId }: OrganizationPath): Promise<SigningKeySetDto> {
    const publicKey = await this.keys.publicKeyOf(organizationId);
    return { keys: publicKey === undefined ? [] : [await SigningKeyDto.from(publicKey)] };
  }
}
