// The public catalogue, orders and invoices.
import { answer, client, listAnswer } from './client';
import type { Category, Invoice, Offering, Order, Resource } from './shapes';

export interface OfferingQuery {
  keyword: string;
  category: string;
  order: string;
  page: number;
}

export const OFFERINGS_PER_PAGE = 24;

export const categories = () => listAnswer<Category>(client.GET('/api/marketplace-categories'));

export const offerings = (query: OfferingQuery) =>
  listAnswer<Offering>(
    client.GET('/api/marketplace-public-offerings', {
      params: {
        query: {
          ...(query.keyword ? { keyword: query.keyword } : {}),
          ...(query.category ? { category_uuid: query.category } : {}),
          ...(query.order ? { o: query.order } : {}),
          page: query.page,
          page_size: OFFERINGS_PER_PAGE,
        },
      },
    }),
  );

export const offering = (uuid: string) => answer<Offering>(client.GET('/api/marketplace-public-offerings/{uuid}', { params: { path: { uuid } } }));

export interface NewOrder {
  offering: string;
  plan: string;
  project: string;
  name: string;
}

/** `idempotencyKey` makes a second click, or a retry after a lost answer, the same order. */
export const placeOrder = (order: NewOrder, idempotencyKey: string) =>
  answer<Order>(
    client.POST('/api/marketplace-orders', {
      body: { offering: order.offering, plan: order.plan, project: order.project, attributes: { name: order.name } as never, accepting_terms_of_service: true },
      headers: { 'Idempotency-Key': idempotencyKey },
    }),
  );

export const resource = (uuid: string) => answer<Resource>(client.GET('/api/marketplace-resources/{uuid}', { params: { path: { uuid } } }));
export const invoices = () => listAnswer<Invoice>(client.GET('/api/invoices', { params: { query: { page_size: 100 } } }));
