// Server state: what is asked, under which key, and how long it counts as fresh.
import { ApiFailure, account, agents, market, type market as Market } from '@guildhall/api';
import { QueryClient, keepPreviousData, queryOptions } from '@tanstack/react-query';

const FRESH_MS = 20_000;
export const POLL_MS = 1_500;

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: FRESH_MS,
      // What the server refused it refuses again; a lost connection is worth a second try.
      retry: (count, error) => count < 2 && (!(error instanceof ApiFailure) || error.status === 0 || error.status >= 502),
      refetchOnWindowFocus: true,
      networkMode: 'always',
    },
    // A click while the connection is lost says so, instead of waiting without a word.
    mutations: { networkMode: 'always' },
  },
});

export const personQuery = queryOptions({ queryKey: ['person'], queryFn: account.currentPerson, staleTime: 5 * 60_000 });
export const organizationsQuery = queryOptions({ queryKey: ['organizations'], queryFn: account.organizations });
export const categoriesQuery = queryOptions({ queryKey: ['categories'], queryFn: market.categories, staleTime: 5 * 60_000 });
export const offeringsQuery = (query: Market.OfferingQuery) =>
  queryOptions({ queryKey: ['offerings', query], queryFn: () => market.offerings(query), placeholderData: keepPreviousData });
export const offeringQuery = (uuid: string) => queryOptions({ queryKey: ['offering', uuid], queryFn: () => market.offering(uuid) });
export const invoicesQuery = queryOptions({ queryKey: ['invoices'], queryFn: market.invoices });

export const accessesQuery = queryOptions({ queryKey: ['accesses'], queryFn: agents.accesses });
const isSettling = (state: string | undefined) => state === 'CREATING' || state === 'UPDATING' || state === 'TERMINATING';
export const accessQuery = (id: string) =>
  queryOptions({
    queryKey: ['access', id],
    queryFn: () => agents.access(id),
    refetchInterval: (query) => (isSettling(query.state.data?.state) ? POLL_MS : false),
  });
export const resourceQuery = (id: string) => queryOptions({ queryKey: ['access', id, 'resource'], queryFn: () => market.resource(id) });
export const configQuery = (id: string) => queryOptions({ queryKey: ['access', id, 'config'], queryFn: () => agents.config(id) });
export const personaQuery = (id: string) => queryOptions({ queryKey: ['access', id, 'persona'], queryFn: () => agents.persona(id) });
const isWorking = (status: string) => status === 'PENDING' || status === 'PROCESSING';
export const documentsQuery = (id: string) =>
  queryOptions({
    queryKey: ['access', id, 'documents'],
    queryFn: () => agents.documents(id),
    refetchInterval: (query) => (query.state.data?.documents.some((document) => isWorking(document.status)) ? POLL_MS : false),
  });
export const sourcesQuery = (id: string) =>
  queryOptions({
    queryKey: ['access', id, 'sources'],
    queryFn: () => agents.sources(id),
    refetchInterval: (query) => (query.state.data?.results.some((source) => source.status === 'PENDING' || source.status === 'SYNCING') ? POLL_MS : false),
  });
export const pairsQuery = (id: string, search: string) =>
  queryOptions({
    queryKey: ['access', id, 'pairs', search],
    queryFn: () => agents.pairs(id, search),
    placeholderData: keepPreviousData,
    refetchInterval: (query) => (query.state.data?.results.some((pair) => isWorking(pair.status)) ? POLL_MS : false),
  });
export const widgetsQuery = (id: string) => queryOptions({ queryKey: ['access', id, 'widgets'], queryFn: () => agents.widgets(id) });
export const keysQuery = (id: string) => queryOptions({ queryKey: ['access', id, 'keys'], queryFn: () => agents.keys(id) });
export const usageQuery = (id: string, period: string) => queryOptions({ queryKey: ['access', id, 'usage', period], queryFn: () => agents.usage(id, period), placeholderData: keepPreviousData });
