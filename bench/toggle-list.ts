import type { Context, Figure } from './support/context.js';
import { atMost, figure } from './support/figures.js';
import type { Session } from './support/host.js';
import { seedToggles } from './support/seed-toggles.js';
import { median, sharedClockMs } from './support/statistics.js';

const ENVIRONMENTS = ['online', 'stage', 'test', 'load', 'demo'];
const SIZES = { few: 100, many: 10_000 } as const;
const QUICK_SIZES = { few: 20, many: 2_000 } as const;
type Sizes = typeof SIZES | typeof QUICK_SIZES;

/** The filters of first pages, as the UI sends them. Half the toggles are related to the caller, a third are enabled. */
const FILTERS = {
  none: '',
  disabled: '&disabled=false',
  permanent: '&permanent=true',
  tags: '&tags[0]=tag3&tags[1]=tag4',
  keyword: '&keyword=checkout%20_7',
  'rare keyword': '&keyword=checkout%20_42%3B',
  related: '&related=true',
  status: '&releaseStatusList[0]=RELEASE',
  all: '&disabled=false&permanent=true&tags[0]=tag3&tags[1]=tag5&keyword=Toggle&releaseStatusList[0]=RELEASE&related=true&visitFilter=NOT_VISITED',
} as const;

/** What a hundred times as many toggles, in five environments, do to the first page of the list. Both projects take turns. */
export async function toggleList({ host, database, quick }: Context): Promise<Figure[]> {
  const sizes = quick ? QUICK_SIZES : SIZES;
  return host.with({ roles: 'api' }, async (session) => {
    await prepare(session);
    for (const [project, count] of Object.entries(sizes)) await seedToggles(database, project, count);
    const figures: Figure[] = [];
    for (const [name, filters] of Object.entries(FILTERS)) {
      const times = await compare(session, filters, quick ? 10 : 100);
      figures.push(...figuresOf(name, sizes, times));
    }
    return figures;
  });
}

async function prepare({ api, flags }: Session): Promise<void> {
  for (const project of Object.keys(SIZES)) {
    await flags.project(project);
    for (const key of ENVIRONMENTS.slice(1))
      await api.call('POST', `/api/projects/${project}/environments`, { key, name: key });
    for (let tag = 0; tag < 10; tag += 1)
      await api.call('POST', `/api/projects/${project}/tags`, { name: `tag${tag}` });
  }
}

interface Times {
  readonly few: number[];
  readonly many: number[];
}

async function compare({ api }: Session, filters: string, turns: number): Promise<Times> {
  const times: Times = { few: [], many: [] };
  const warmUp = Math.ceil(turns / 10);
  for (let turn = 0; turn < warmUp + turns; turn += 1) {
    for (const project of ['few', 'many'] as const) {
      const start = sharedClockMs();
      const environment = ENVIRONMENTS[turn % ENVIRONMENTS.length] ?? '';
      await api.call(
        'GET',
        `/api/projects/${project}/toggles?environmentKey=${environment}&pageSize=10${filters}`,
      );
      if (turn >= warmUp) times[project].push(sharedClockMs() - start);
    }
  }
  return times;
}

function figuresOf(name: string, sizes: Sizes, times: Times): Figure[] {
  const [few, many] = [median(times.few), median(times.many)];
  return [
    figure(`${sizes.few} toggles, filter ${name}`, few, 'ms'),
    figure(`${sizes.many} toggles, filter ${name}`, many, 'ms'),
    atMost(3, `many ÷ few, filter ${name}`, many / few),
  ];
}
