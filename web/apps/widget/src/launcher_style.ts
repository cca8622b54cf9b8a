// The launcher alone: what a page carries before anyone opens the chat.
export const launcherStyle =
  ':host{all:initial;display:block}' +
  ':host([hidden]),[hidden]{display:none!important}' +
  '.launcher{position:fixed;bottom:calc(var(--g-offset) + env(safe-area-inset-bottom,0px));z-index:var(--g-z);width:var(--g-button);height:var(--g-button);padding:0;border:0;border-radius:50%;' +
  'background:var(--g-primary);color:var(--g-on-primary);font:26px system-ui,sans-serif;cursor:pointer;display:grid;place-items:center;box-shadow:0 4px 20px rgb(0 0 0/.3)}' +
  '.right{right:var(--g-offset)}.left{left:var(--g-offset)}' +
  '.launcher:focus-visible{outline:3px solid var(--g-primary);outline-offset:3px;box-shadow:0 0 0 3px #fff}' +
  '.launcher svg{width:46%;fill:none;stroke:currentColor;stroke-width:1.8;stroke-linecap:round;stroke-linejoin:round}' +
  '[aria-busy=true]{opacity:.7;cursor:progress}' +
  '@media(forced-colors:active){.launcher{border:2px solid ButtonText}}' +
  '@media print{:host{display:none}}';
