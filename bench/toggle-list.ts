import { withServer, type Context, type Figure, type Session } from './support/context.js';
import { seedToggles } from './support/seed-toggles.js';
import { median, round, sharedClockMs } from './support/statistics.js';

const ENVIRONMENTS = ['online', 'stage', 'test', 'load', 'demo'];
const SIZES = { few: 100, many: 10_000 } as const;

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
export async function toggleList(context: Context): Promise<Figure[]> {
  await withServer(context, { roles: 'api' }, prepare);
  for (const [project, count] of Object.entries(SIZES)) await seedToggles(context.database, project, count);
  return withServer(context, { roles: 'api' }, async (session) => {
    const figures: Figure[] = [];
    for (const [name, filters] of Object.entries(FILTERS)) {
      figures.push(...(await compare(session, name, filters, context.quick ? 30 : 100)));
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

async function compare({ api }: Session, name: string, filters: string, turns: number): Promise<Figure[]> {
  const times: Record<string, number[]> = { few: [], many: [] };
  for (let turn = -10; turn < turns; turn += 1) {
    for (const [project, list] of Object.entries(times)) {
      const start = sharedClockMs();
      const environment = ENVIRONMENTS[Math.abs(turn) % ENVIRONMENTS.length] ?? '';
      await api.call(
        'GET',
        `/api/projects/${project}/toggles?environmentKey=${environment}&pageSize=10${filters}`,
      );
      if (turn >= 0) list.push(sharedClockMs() - start);
    }
  }
  const [few, many] = [median(times['few'] ?? []), median(times['many'] ?? [])];
  const ratio = many / few;
  return [
    { name: `${SIZES.few} toggles, filter ${name}`, value: round(few, 2), unit: 'ms' },
    { name: `${SIZES.many} toggles, filter ${name}`, value: round(many, 2), unit: 'ms' },
    { name: `many ÷ few, filter ${name}`, value: round(ratio, 2), target: '≤ 3', met: ratio <= 3 },
  ];
}
