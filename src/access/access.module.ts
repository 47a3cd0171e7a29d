import { Module } from '@nestjs/common';
import { APP_GUARD, APP_INTERCEPTOR } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { MembersModule } from '../members/index.js';
import { ApplicationController } from './application.controller.js';
import { AuthGuard } from './auth.guard.js';
import { Credentials } from './credentials.js';
import { LoginController } from './login.controller.js';
import { LoginService } from './login.service.js';
import { LoginThrottle } from './login-throttle.js';
import { MiscController } from './misc.controller.js';
import { RoleGuard } from './role.guard.js';
import { SessionRenewalInterceptor } from './session-renewal.interceptor.js';
import { Sessions } from './sessions.js';
import { AccessTokenController } from './tokens/access-token.controller.js';
import { AccessTokenEntity } from './tokens/access-token.entity.js';
import { AccessTokenRepository } from './tokens/access-token.repository.js';
import { AccessTokenService } from './tokens/access-token.service.js';
import { OrphanedTokensListener } from './tokens/orphaned-tokens.listener.js';
import { TokenCallers } from './tokens/token-callers.js';
import { Visits } from './visits.js';

/** Who may come in, and how they prove who they are. The guards run in the order they stand here. */
@Module({
  imports: [TypeOrmModule.forFeature([AccessTokenEntity]), MembersModule],
  controllers: [LoginController, ApplicationController, MiscController, AccessTokenController],
  providers: [
    Credentials,
    LoginService,
    LoginThrottle,
    Sessions,
    Visits,
    AccessTokenRepository,
    AccessTokenService,
    TokenCallers,
    OrphanedTokensListener,
    { provide: APP_GUARD, useClass: AuthGuard },
    { provide: APP_GUARD, useClass: RoleGuard },
    { provide: APP_INTERCEPTOR, useClass: SessionRenewalInterceptor },
  ],
})
export class AccessModule {}
