// One to five at the end of a conversation; it can be sent again, the last one counts.
import type { Translate } from '@guildhall/i18n';
import { make } from './dom';
import { commentForm } from './message_view';

export function ratingView(t: Translate, given: number, rate: (stars: number, comment: string) => Promise<void>): HTMLElement {
  const stars = make('div', { class: 'stars' });
  for (let n = 1; n <= 5; ++n) {
    const radio = make('input', { type: 'radio', name: 'stars', value: String(n), 'aria-label': t('stars', { n }), checked: n === given });
    stars.append(make('label', {}, radio, make('span', { 'aria-hidden': 'true' }, '★')));
  }
  const show = (): void => [...stars.children].forEach((label, i) => label.classList.toggle('on', i < chosen()));
  const chosen = (): number => Number(stars.querySelector<HTMLInputElement>('input:checked')?.value ?? 0);
  const form = commentForm(t, t('rate_send'), (comment) => rate(chosen(), comment));
  form.hidden = true;
  stars.addEventListener('change', () => {
    form.hidden = false;
    show();
  });
  show();
  return make('section', { class: 'rating' }, make('p', { class: 'ended' }, t('ended')), make('fieldset', {}, make('legend', {}, t('rate')), stars), form);
}
