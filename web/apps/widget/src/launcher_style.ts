// The launcher alone: what a page carries before anyone opens the chat.
export const launcherStyle = `
:host{all:initial;display:block}
:host([hidden]){display:none}
.launcher{position:fixed;inset-block-end:var(--g-offset,20px);z-index:var(--g-z,999999);inline-size:56px;block-size:56px;padding:0;border:0;border-radius:50%;
background:var(--g-primary,#2563eb);color:var(--g-on-primary,#fff);cursor:pointer;display:grid;place-items:center;box-shadow:0 2px 6px rgb(0 0 0/.2),0 8px 24px rgb(0 0 0/.18);
margin-block-end:env(safe-area-inset-bottom,0);transition:transform .15s}
.launcher.right{right:var(--g-offset,20px)}.launcher.left{left:var(--g-offset,20px)}
.launcher:hover{transform:scale(1.05)}
.launcher:focus-visible{outline:3px solid var(--g-primary,#2563eb);outline-offset:3px;box-shadow:0 0 0 3px #fff}
.launcher[aria-busy=true]{cursor:progress;opacity:.8}
.launcher svg{inline-size:26px;block-size:26px;fill:none;stroke:currentColor;stroke-width:1.8;stroke-linecap:round;stroke-linejoin:round}
@media (prefers-reduced-motion:reduce){.launcher{transition:none}}
@media (forced-colors:active){.launcher{border:2px solid ButtonText}}
@media print{.launcher{display:none}}
`;
