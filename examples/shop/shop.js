// The little a shop page does: count the basket, open the chat from a button.
'use strict';

const basket = [];
for (const button of document.querySelectorAll('[data-add]')) {
  button.addEventListener('click', () => {
    basket.push(button.dataset.add);
    document.getElementById('cart').textContent = basket.length === 1 ? '1 item in the basket' : `${basket.length} items in the basket`;
  });
}
for (const button of document.querySelectorAll('[data-ask]')) {
  button.addEventListener('click', () => document.querySelector('guildhall-chat')?.open());
}
