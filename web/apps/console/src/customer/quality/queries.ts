// What the quality pages ask.
import { evaluation } from '@guildhall/api';
import { queryOptions } from '@tanstack/react-query';
import { POLL_MS } from '../../queries';

export const setsQuery = (id: string) => queryOptions({ queryKey: ['access', id, 'evaluation', 'sets'], queryFn: () => evaluation.sets(id) });
export const runsQuery = (id: string, set: string) =>
  queryOptions({
    queryKey: ['access', id, 'evaluation', 'runs', set],
    queryFn: () => evaluation.runs(id, set),
    refetchInterval: (query) => (query.state.data?.results.some((run) => run.state === 'QUEUED' || run.state === 'RUNNING') ? POLL_MS : false),
  });
