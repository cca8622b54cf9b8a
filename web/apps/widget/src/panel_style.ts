// The dialog. Logical properties throughout, so that right-to-left needs no second sheet.
export const panelStyle = `
*{box-sizing:border-box}
.panel{--bg:#fff;--fg:#16181d;--muted:#5a6170;--line:#dfe2e8;--soft:#f3f4f7;--mine:var(--g-primary);--on-mine:var(--g-on-primary);--accent:var(--g-accent-light);--bad:#b3261e;
position:fixed;inset-block-end:calc(var(--g-offset,20px) + 68px);z-index:var(--g-z,999999);inline-size:min(384px,calc(100vw - 2*var(--g-offset,20px)));
block-size:min(620px,calc(100dvh - var(--g-offset,20px) - 84px));display:flex;flex-direction:column;overflow:hidden;border-radius:16px;border:1px solid var(--line);
background:var(--bg);color:var(--fg);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;text-align:start;color-scheme:light;
box-shadow:0 4px 12px rgb(0 0 0/.12),0 16px 48px rgb(0 0 0/.2);animation:rise .16s ease-out}
.panel[hidden]{display:none}
.panel.right{right:var(--g-offset,20px)}.panel.left{left:var(--g-offset,20px)}
.panel.dark{--bg:#15171c;--fg:#eceef2;--muted:#a3aab8;--line:#333843;--soft:#22262e;--accent:var(--g-accent-dark);--bad:#ffb4ab;color-scheme:dark}
@keyframes rise{from{opacity:0;transform:translateY(8px)}}
button,textarea{font:inherit;color:inherit}
button{cursor:pointer}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
header{display:flex;align-items:center;gap:12px;padding:12px 8px 12px 16px;padding-inline:16px 8px;border-block-end:1px solid var(--line);flex:none}
.face{inline-size:40px;block-size:40px;border-radius:50%;display:grid;place-items:center;flex:none;background:var(--mine);color:var(--on-mine);font-size:20px;font-weight:600}
.names{flex:1;min-inline-size:0}
h2{margin:0;font-size:16px;line-height:1.3;font-weight:650;overflow-wrap:anywhere}
.names p{margin:0;font-size:13px;color:var(--muted)}
.plain{inline-size:44px;block-size:44px;padding:0;border:0;border-radius:10px;background:none;display:grid;place-items:center;flex:none}
.plain:hover{background:var(--soft)}
svg{inline-size:22px;block-size:22px;fill:none;stroke:currentColor;stroke-width:1.8;stroke-linecap:round;stroke-linejoin:round}
.log{flex:1;overflow-y:auto;overscroll-behavior:contain;padding:16px;display:flex;flex-direction:column;gap:12px;outline-offset:-3px}
.message{max-inline-size:88%;overflow-wrap:anywhere}
.message.visitor{align-self:flex-end;background:var(--mine);color:var(--on-mine);border-radius:14px;border-end-end-radius:4px;padding:8px 12px;white-space:pre-wrap}
.message.agent{align-self:flex-start;background:var(--soft);border-radius:14px;border-end-start-radius:4px;padding:8px 12px}
.body>*{margin:0 0 8px}.body>:last-child{margin-block-end:0}
.body ul,.body ol{padding-inline-start:22px}
.body li+li{margin-block-start:4px}
.body code{font:13px/1.45 ui-monospace,Menlo,Consolas,monospace;background:color-mix(in srgb,var(--fg) 9%,transparent);border-radius:4px;padding:1px 4px}
.body pre{overflow-x:auto;background:color-mix(in srgb,var(--fg) 7%,transparent);border-radius:8px;padding:8px}
.body pre code{background:none;padding:0}
.body table{border-collapse:collapse;width:100%;margin:0 0 8px;font-size:14px}
.body th,.body td{text-align:start;vertical-align:top;padding:4px 8px 4px 0;border-block-end:1px solid var(--line)}
.body blockquote{border-inline-start:3px solid var(--line);padding-inline-start:10px;color:var(--muted)}
a{color:var(--accent);text-underline-offset:2px}
.cite{min-inline-size:24px;block-size:24px;padding:0 4px;margin-inline:2px;border:1px solid var(--line);border-radius:6px;background:var(--bg);color:var(--accent);font-size:12px;line-height:1;font-variant-numeric:tabular-nums;vertical-align:1px}
.sources{margin-block-start:10px;padding-block-start:8px;border-block-start:1px solid var(--line)}
.sources h3{margin:0 0 2px;font-size:12px;font-weight:600;color:var(--muted)}
.sources ol{list-style:none;margin:0;padding:0}
.sources summary{display:flex;gap:8px;align-items:center;min-block-size:44px;padding-block:4px;cursor:pointer;list-style:none;border-radius:6px}
.sources summary::-webkit-details-marker{display:none}
.sources summary::after{content:"";inline-size:7px;block-size:7px;flex:none;margin-inline:auto 4px;border:solid var(--muted);border-width:0 1.5px 1.5px 0;transform:rotate(45deg);transition:transform .15s}
.sources details[open]>summary::after{transform:rotate(-135deg)}
.number{flex:none;min-inline-size:22px;block-size:22px;display:grid;place-items:center;border-radius:6px;background:var(--bg);border:1px solid var(--line);font-size:12px;font-variant-numeric:tabular-nums}
.where{font-size:14px;line-height:1.35;min-inline-size:0}
.where span{color:var(--muted)}
.sources blockquote{margin:0 0 6px;padding-inline-start:10px;border-inline-start:3px solid var(--accent);font-size:14px;white-space:pre-line}
.sources .out{display:inline-flex;align-items:center;min-block-size:44px;font-size:14px}
.waiting{display:flex;gap:5px;align-items:center;min-block-size:24px;padding-inline:2px}
.waiting i{inline-size:7px;block-size:7px;border-radius:50%;background:var(--muted);animation:wave 1.2s infinite}
.waiting i:nth-child(2){animation-delay:.15s}.waiting i:nth-child(3){animation-delay:.3s}
@keyframes wave{0%,60%,100%{opacity:.3}30%{opacity:1}}
.failure{align-self:stretch;border:1px solid var(--bad);border-radius:12px;padding:10px 12px;font-size:14px}
.failure p{margin:0}
.failure small{display:block;color:var(--muted);overflow-wrap:anywhere}
.failure button,.chip{min-block-size:44px;padding:8px 14px;border-radius:10px;border:1px solid var(--line);background:var(--bg)}
.failure button{margin-block-start:8px;font-weight:600}
.chips{display:flex;flex-wrap:wrap;gap:8px;margin:0;padding:0;list-style:none}
.chip{border-color:var(--accent);color:var(--accent);border-radius:22px;text-align:start;font-size:14px;line-height:1.3}
.chip:hover,.failure button:hover{background:var(--soft)}
form{display:flex;gap:8px;align-items:flex-end;padding:12px;border-block-start:1px solid var(--line);flex:none;padding-block-end:max(12px,env(safe-area-inset-bottom))}
textarea{flex:1;min-inline-size:0;resize:none;min-block-size:44px;max-block-size:132px;padding:9px 12px;border:1px solid #868d9b;border-radius:12px;background:var(--bg);font-size:16px;line-height:24px}
textarea::placeholder{color:var(--muted);opacity:1}
.send{inline-size:44px;block-size:44px;padding:0;border:0;border-radius:12px;background:var(--mine);color:var(--on-mine);display:grid;place-items:center;flex:none}
.send[aria-disabled=true]{opacity:.45;cursor:default}
[dir=rtl] .send svg{transform:scaleX(-1)}
.note{margin:0;padding:0 12px 8px;font-size:13px;color:var(--bad)}
.note:empty{display:none}
.sr{position:absolute;inline-size:1px;block-size:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
@media (max-width:480px),(max-height:420px){.panel,.panel.right,.panel.left{inset:0;inline-size:100%;block-size:100dvh;border:0;border-radius:0}}
@media (prefers-reduced-motion:reduce){.panel,.waiting i,.sources summary::after{animation:none;transition:none}.waiting i{opacity:.7}}
@media (forced-colors:active){.message,.send,.face{border:1px solid}}
@media print{.panel{display:none}}
`;
