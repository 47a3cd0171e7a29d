import { Body, Controller, HttpCode, Ip, Post } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Public } from '../platform/http/index.js';
import { LoginRequest, LoginResponse } from './login.dto.js';
import { LoginService } from './login.service.js';

@ApiTags('access')
@Public()
@Controller('api/login')
export class LoginController {
  constructor(private readonly logins: LoginService) {}

  /** Begins a session with account and password. */
  @Post()
  @HttpCode(200)
  @ApiOkResponse({ type: LoginResponse })
  login(@Body() request: LoginRequest, @Ip() address: string): Promise<LoginResponse> {
    return this.logins.login(request, address);
  }
}
