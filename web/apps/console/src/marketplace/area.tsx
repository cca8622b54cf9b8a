// The public marketplace.
export { CataloguePage } from './catalogue_page';
export { CheckoutPage } from './checkout_page';
export { OfferingPage } from './offering_page';
