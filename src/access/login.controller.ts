import { Body, Controller, HttpCode, Ip, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiError, Public } from '../platform/http/index.js';
import { LoginRequest, LoginResponse } from './login.dto.js';
import { LoginService } from './login.service.js';

@ApiTags('access')
@Public()
@Controller('api/login')
export class LoginController {
  constructor(private readonly logins: LoginService) {}

  @Post()
  @HttpCode(200)
  @ApiOperation({ summary: 'Begins a session with account and password' })
  @ApiOkResponse({ type: LoginResponse })
  @ApiError(403, 'No such account, wrong password, or no member of that organization: `forbidden`.')
  @ApiError(412, 'A member without an organization: `forbidden`.')
  @ApiError(429, 'Too many failed attempts: `too_many_requests`, with the header Retry-After.')
  login(@Body() request: LoginRequest, @Ip() address: string): Promise<LoginResponse> {
    return this.logins.login(request, address);
  }
}
