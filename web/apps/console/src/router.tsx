// Every address of the console. Areas load when they are first entered; what filters a list is part of its address.
import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router';
import { Shell } from './shell/layout';
import { isOwnPath } from './shell/own_path';
import { NotFound } from './shell/not_found';
import { Crash } from './shell/crash';
import { loadPart } from './i18n';
import { personQuery, queries } from './queries';

const text = (value: unknown): string => (typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '');
const oneOf = <Value extends string>(values: readonly Value[], value: unknown, otherwise: Value): Value => values.find((known) => known === value) ?? otherwise;

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound, errorComponent: Crash });

export interface MarketSearch {
  q?: string;
  category?: string;
  sort?: string;
  page?: number;
}
const marketplace = createRoute({
  getParentRoute: () => root,
  path: 'marketplace',
  validateSearch: (search: Record<string, unknown>): MarketSearch => {
    const page = Number(search['page']);
    return {
      ...(text(search['q']) ? { q: text(search['q']) } : {}),
      ...(text(search['category']) ? { category: text(search['category']) } : {}),
      ...(text(search['sort']) ? { sort: text(search['sort']) } : {}),
      ...(Number.isInteger(page) && page > 1 ? { page } : {}),
    };
  },
  component: lazyRouteComponent(() => import('./marketplace/area'), 'CataloguePage'),
});
const offering = createRoute({ getParentRoute: () => root, path: 'marketplace/$offering', component: lazyRouteComponent(() => import('./marketplace/area'), 'OfferingPage') });
const checkout = createRoute({
  getParentRoute: () => root,
  path: 'marketplace/$offering/order',
  validateSearch: (search: Record<string, unknown>): { plan?: string } => (text(search['plan']) ? { plan: text(search['plan']) } : {}),
  component: lazyRouteComponent(() => import('./marketplace/area'), 'CheckoutPage'),
});

export interface SignInSearch {
  next?: string;
}
const nextOf = (search: Record<string, unknown>): SignInSearch => {
  const next = text(search['next']);
  return isOwnPath(next) ? { next } : {};
};
const signIn = createRoute({ getParentRoute: () => root, path: 'console/sign-in', validateSearch: nextOf, component: lazyRouteComponent(() => import('./shell/sign_in_page'), 'SignInPage') });
const signUp = createRoute({ getParentRoute: () => root, path: 'console/sign-up', validateSearch: nextOf, component: lazyRouteComponent(() => import('./shell/sign_in_page'), 'SignUpPage') });

/** The area with its texts; its pages stand inside it and wait for it. */
const customer = () => Promise.all([import('./customer/area'), loadPart('customer')]).then(([area]) => area);
const workspace = createRoute({
  getParentRoute: () => root,
  id: 'workspace',
  beforeLoad: async ({ location }) => {
    const person = await queries.ensureQueryData(personQuery);
    if (!person) throw redirect({ to: '/console/sign-in', search: { next: location.href } });
  },
  component: lazyRouteComponent(customer, 'Workspace'),
});
const home = createRoute({ getParentRoute: () => workspace, path: 'console', component: lazyRouteComponent(customer, 'HomePage') });
const agentList = createRoute({ getParentRoute: () => workspace, path: 'console/agents', component: lazyRouteComponent(customer, 'AgentsPage') });
const billing = createRoute({ getParentRoute: () => workspace, path: 'console/billing', component: lazyRouteComponent(customer, 'BillingPage') });

const agent = createRoute({ getParentRoute: () => workspace, path: 'console/agents/$access', component: lazyRouteComponent(customer, 'AgentFrame') });
const overview = createRoute({ getParentRoute: () => agent, path: '/', component: lazyRouteComponent(() => import('./customer/agent/overview_page'), 'OverviewPage') });
const persona = createRoute({ getParentRoute: () => agent, path: 'persona', component: lazyRouteComponent(() => import('./customer/agent/persona_page'), 'PersonaPage') });
export const knowledgeTabs = ['documents', 'pages', 'answers'] as const;
export type KnowledgeTab = (typeof knowledgeTabs)[number];
const knowledge = createRoute({
  getParentRoute: () => agent,
  path: 'knowledge',
  validateSearch: (search: Record<string, unknown>): { tab?: KnowledgeTab } => {
    const tab = oneOf(knowledgeTabs, search['tab'], 'documents');
    return tab === 'documents' ? {} : { tab };
  },
  component: lazyRouteComponent(() => import('./customer/knowledge/knowledge_page'), 'KnowledgePage'),
});
const tryOut = createRoute({ getParentRoute: () => agent, path: 'try', component: lazyRouteComponent(() => import('./customer/agent/try_page'), 'TryPage') });
const quality = createRoute({ getParentRoute: () => agent, path: 'quality', component: lazyRouteComponent(() => import('./customer/quality/quality_page'), 'QualityPage') });
const widgets = createRoute({ getParentRoute: () => agent, path: 'widgets', component: lazyRouteComponent(() => import('./customer/widgets/widgets_page'), 'WidgetsPage') });
const keys = createRoute({ getParentRoute: () => agent, path: 'keys', component: lazyRouteComponent(() => import('./customer/agent/keys_page'), 'KeysPage') });
const usage = createRoute({
  getParentRoute: () => agent,
  path: 'usage',
  validateSearch: (search: Record<string, unknown>): { period?: string } => (/^\d{4}-\d{2}$/.test(text(search['period'])) ? { period: text(search['period']) } : {}),
  component: lazyRouteComponent(() => import('./customer/usage/usage_page'), 'UsagePage'),
});
const plan = createRoute({ getParentRoute: () => agent, path: 'plan', component: lazyRouteComponent(() => import('./customer/agent/plan_page'), 'PlanPage') });

const tree = root.addChildren([
  marketplace,
  offering,
  checkout,
  signIn,
  signUp,
  workspace.addChildren([home, agentList, billing, agent.addChildren([overview, persona, knowledge, tryOut, quality, widgets, keys, usage, plan])]),
]);

export const router = createRouter({ routeTree: tree, defaultPreload: 'intent', scrollRestoration: true, defaultErrorComponent: Crash });

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
