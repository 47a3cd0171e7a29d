import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DictionaryController } from './dictionary.controller.js';
import { DictionaryEntity } from './dictionary.entity.js';
import { DictionaryRepository } from './dictionary.repository.js';
import { DictionaryService } from './dictionary.service.js';

/** What the UI remembers of each member: which page was seen last, which hints were put away. */
@Module({
  imports: [TypeOrmModule.forFeature([DictionaryEntity])],
  controllers: [DictionaryController],
  providers: [DictionaryRepository, DictionaryService],
})
export class DictionariesModule {}
