import { Module } from '@nestjs/common';
import { APP_GUARD, APP_INTERCEPTOR } from '@nestjs/core';
import { MembersModule } from '../members/index.js';
import { ApplicationController } from './application.controller.js';
import { AuthGuard } from './auth.guard.js';
import { LoginController } from './login.controller.js';
import { LoginService } from './login.service.js';
import { LoginThrottle } from './login-throttle.js';
import { RoleGuard } from './role.guard.js';
import { SessionRenewalInterceptor } from './session-renewal.interceptor.js';
import { Sessions } from './sessions.js';
import { Visits } from './visits.js';

/** Who may come in, and how they prove who they are. The guards run in the order they stand here. */
@Module({
  imports: [MembersModule],
  controllers: [LoginController, ApplicationController],
  providers: [
    LoginService,
    LoginThrottle,
    Sessions,
    Visits,
    { provide: APP_GUARD, useClass: AuthGuard },
    { provide: APP_GUARD, useClass: RoleGuard },
    { provide: APP_INTERCEPTOR, useClass: SessionRenewalInterceptor },
  ],
})
export class AccessModule {}
