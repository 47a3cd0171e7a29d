import type { Provider } from '@nestjs/common';

export const REQUEST_PROVIDERS: Provider[] = [];
