import { execFile, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const SAMPLES = join(import.meta.dirname, '../../docs/receivers');

export interface Language {
  name: string;
  /** Succeeds only where the runtime is installed; a stub on the PATH doesn't count. */
  probe: [command: string, argument: string];
  /** The command that becomes the receiver: one process, so that its pid is the one to end. */
  start: (scratch: string) => Promise<[command: string, ...args: string[]]>;
}

const LANGUAGES: Language[] = [
  {
    name: 'node',
    probe: ['node', '--version'],
    start: async () => ['node', join(SAMPLES, 'receiver.mjs')],
  },
  {
    name: 'python3',
    probe: ['python3', '--version'],
    start: async () => ['python3', join(SAMPLES, 'receiver.py')],
  },
  {
    name: 'java',
    probe: ['java', '-version'],
    start: async () => ['java', join(SAMPLES, 'Receiver.java')],
  },
  {
    name: 'go',
    probe: ['go', 'version'],
    // `go run` would start the receiver as a child of its own, which outlives it.
    start: async (scratch) => {
      const binary = join(scratch, 'receiver');
      await promisify(execFile)('go', ['build', '-o', binary, join(SAMPLES, 'main.go')]);
      return [binary];
    },
  },
  {
    name: 'php',
    probe: ['php', '--version'],
    start: async () => ['php', join(SAMPLES, 'receiver.php')],
  },
];

const isInstalled = ({ probe: [command, argument] }: Language) =>
  spawnSync(command, [argument], { stdio: 'ignore' }).status === 0;

export const installed = LANGUAGES.filter(isInstalled);
export const missing = LANGUAGES.filter((language) => !installed.includes(language));
