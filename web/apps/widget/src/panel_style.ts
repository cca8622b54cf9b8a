// The dialog. Logical properties throughout, so that right-to-left needs no second sheet.
export const panelStyle = `
*{box-sizing:border-box}
.panel{--bg:#fff;--fg:#16181d;--muted:#5a6170;--line:#dfe2e8;--soft:#f3f4f7;--mine:var(--g-primary);--on-mine:var(--g-on-primary);--accent:var(--g-accent-light);--bad:#b3261e;--edge:#868d9b;--star:#8a909c;
position:fixed;bottom:calc(var(--g-offset) + var(--g-button) + 12px);z-index:var(--g-z);inline-size:min(384px,calc(100vw - 2*var(--g-offset)));
block-size:min(620px,calc(100dvh - var(--g-offset) - var(--g-button) - 28px));display:flex;flex-direction:column;overflow:hidden;border-radius:16px;border:1px solid var(--line);
background:var(--bg);color:var(--fg);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;text-align:start;color-scheme:light;
box-shadow:0 4px 12px rgb(0 0 0/.12),0 16px 48px rgb(0 0 0/.2);animation:rise .16s ease-out}
.panel.small{inline-size:min(340px,calc(100vw - 2*var(--g-offset)));block-size:min(520px,calc(100dvh - var(--g-offset) - var(--g-button) - 28px))}
.panel.large{inline-size:min(460px,calc(100vw - 2*var(--g-offset)));block-size:min(740px,calc(100dvh - var(--g-offset) - var(--g-button) - 28px))}
.panel.inline,.panel.inline.small,.panel.inline.large{position:relative;inset:auto;inline-size:100%;block-size:620px;max-block-size:100%;z-index:0;box-shadow:none;animation:none}
.panel.right{right:var(--g-offset)}.panel.left{left:var(--g-offset)}
.panel.dark{--bg:#15171c;--fg:#eceef2;--muted:#a3aab8;--line:#333843;--soft:#22262e;--accent:var(--g-accent-dark);--bad:#ffb4ab;--star:#767e8d;color-scheme:dark}
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
[aria-controls] svg{stroke-width:3.2}
.plain+.plain{margin-inline-start:-10px}
.plain:hover{background:var(--soft)}
svg{inline-size:22px;block-size:22px;fill:none;stroke:currentColor;stroke-width:1.8;stroke-linecap:round;stroke-linejoin:round}
.log{flex:1;min-block-size:0;overflow-y:auto;overscroll-behavior:contain;padding:16px;display:flex;flex-direction:column;gap:12px;outline-offset:-3px}
.list{display:flex;flex-direction:column;gap:12px}.list:empty{display:none}
.older{align-self:center}
.message{max-inline-size:min(88%,640px);overflow-wrap:anywhere}
.message.visitor{align-self:flex-end;display:flex;flex-direction:column;align-items:flex-end}
.said{background:var(--mine);color:var(--on-mine);border-radius:14px;border-end-end-radius:4px;padding:8px 12px;white-space:pre-wrap}
.visitor.unsent .said,.visitor.failed .said{background:var(--bg);color:var(--fg);box-shadow:inset 0 0 0 1px var(--edge)}
.fate{margin:4px 0 0;font-size:13px;color:var(--muted);text-align:end}
.fate p{margin:0}.fate button{margin-block-start:6px;margin-inline-start:8px}
.bad{color:var(--bad)}
small{display:block;color:var(--muted);overflow-wrap:anywhere}
.message.agent,.message.human{align-self:flex-start;background:var(--soft);border-radius:14px;border-end-start-radius:4px;padding:8px 12px}
.message.human{border-inline-start:3px solid var(--accent)}
.who{margin:0 0 2px;font-size:13px;font-weight:600;color:var(--accent)}
.message.platform{align-self:center;max-inline-size:94%;text-align:center;font-size:13px;color:var(--muted)}
.platform p{margin:0;padding:5px 14px;border:1px solid var(--line);border-radius:14px;text-wrap:balance}
.late{margin:4px 0 0;font-size:12px}
time{color:var(--fg);font-weight:600}
.thumbs{display:flex;flex-wrap:wrap;gap:2px;margin:4px -8px -4px;color:var(--muted)}
.thumbs .plain{inline-size:36px;block-size:32px;margin:0}.thumbs svg{inline-size:17px;block-size:17px}
.thumbs [aria-pressed=true]{color:var(--accent)}.thumbs [aria-pressed=true] svg{fill:currentColor}
.comment{flex:1 0 100%;display:flex;flex-wrap:wrap;gap:8px;align-items:flex-end;padding:6px 8px;font-size:14px;color:var(--fg)}
.comment textarea{flex:1 1 160px}.comment p{margin:0;inline-size:100%}
.typing{display:flex;gap:8px;align-items:center;font-size:13px;color:var(--muted)}
.rating{border:1px solid var(--line);border-radius:12px;padding:12px;text-align:center}
.rating p{margin:0 0 8px}.rating .comment{justify-content:center}.rating .comment textarea{flex:1 0 100%}.ended{font-size:13px;color:var(--muted)}
fieldset{border:0;margin:0;padding:0}legend{padding:0;margin:0 auto;font-weight:600}
.stars{display:flex;justify-content:center}
.stars label{position:relative;inline-size:44px;block-size:44px;display:grid;place-items:center;font-size:28px;line-height:1.2;cursor:pointer}
.stars input{position:absolute;inset:0;opacity:0;cursor:pointer;margin:0}
.stars span{color:var(--star)}.stars .on span{color:var(--accent)}
.stars input:focus-visible+span{outline:2px solid var(--accent);outline-offset:2px;border-radius:8px}
.bar{display:flex;gap:12px;align-items:center;justify-content:space-between;padding:8px 16px;background:var(--soft);border-block-end:1px solid var(--line);font-size:14px;flex:none}
.bar strong,.bar span{display:block}.bar span{color:var(--muted);font-size:13px}
.menu{position:absolute;inset-block-start:60px;inset-inline-end:8px;z-index:1;margin:0;padding:6px;list-style:none;min-inline-size:200px;max-inline-size:calc(100% - 16px);max-block-size:calc(100% - 68px);overflow-y:auto;background:var(--bg);border:1px solid var(--line);border-radius:12px;box-shadow:0 8px 24px rgb(0 0 0/.2)}
.menu button{inline-size:100%;min-block-size:44px;padding:6px 12px;border:0;border-radius:8px;background:none;text-align:start}
.menu button:hover,.menu button:focus-visible{background:var(--soft)}
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
.bar button,.older,.fate button,.comment button{min-block-size:36px;padding:4px 12px;border-radius:10px;border:1px solid var(--edge);background:var(--bg);color:var(--fg);font-size:14px;font-weight:600;flex:none}
.chips{display:flex;flex-wrap:wrap;gap:8px;margin:0;padding:0;list-style:none}
.chip{min-block-size:44px;padding:8px 14px;border:1px solid var(--accent);background:var(--bg);color:var(--accent);border-radius:22px;text-align:start;font-size:14px;line-height:1.3}
.chip.strong{background:var(--mine);color:var(--on-mine);border-color:transparent}
.chip:not(.strong):hover,.bar button:hover,.older:hover,.fate button:hover,.comment button:hover{background:var(--soft)}
.composer{display:flex;gap:8px;align-items:flex-end;padding:12px;border-block-start:1px solid var(--line);flex:none;padding-block-end:max(12px,env(safe-area-inset-bottom))}
textarea{flex:1;min-inline-size:0;resize:none;min-block-size:44px;max-block-size:132px;padding:9px 12px;border:1px solid var(--edge);border-radius:12px;background:var(--bg);font-size:16px;line-height:24px}
textarea::placeholder{color:var(--muted);opacity:1}
.send{inline-size:44px;block-size:44px;padding:0;border:0;border-radius:12px;background:var(--mine);color:var(--on-mine);display:grid;place-items:center;flex:none}
.send[aria-disabled=true]{opacity:.45;cursor:default}
[dir=rtl] .send svg{transform:scaleX(-1)}
.note{margin:0;padding:0 12px 8px;font-size:13px;color:var(--bad)}
.note:empty{display:none}
.sr{position:absolute;inline-size:1px;block-size:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.badge{position:absolute;top:-4px;right:-4px;min-width:22px;height:22px;padding:0 5px;box-sizing:border-box;border-radius:11px;background:#b3261e;color:#fff;border:2px solid #fff;font:600 12px/18px system-ui,sans-serif;text-align:center}
.launcher{transition:transform .15s}.launcher:hover{transform:scale(1.05)}
@media (max-width:480px),(max-height:420px){.panel:not(.inline){inset:0;bottom:auto;inline-size:100%;block-size:100dvh;border:0;border-radius:0;padding-block-start:env(safe-area-inset-top)}}
@media (max-height:420px){header{padding-block:2px}.menu{inset-block-start:48px;max-block-size:calc(100% - 52px)}textarea{max-block-size:70px}.bar{padding-block:4px}.face,.names p{display:none}.composer{padding-block:6px}.log{padding-block:8px}}
@media (pointer:coarse){.thumbs .plain,.bar button,.older,.fate button,.comment button{min-inline-size:44px;min-block-size:44px}.cite{position:relative}.cite::after{content:"";position:absolute;inset:-10px}}
@media (prefers-reduced-motion:reduce){.panel,.launcher,.waiting i,.sources summary::after{animation:none;transition:none}.waiting i{opacity:.7}}
@media (forced-colors:active){.said,.message.agent,.message.human,.send,.face,.badge{border:1px solid}.thumbs [aria-pressed=true]{outline:2px solid Highlight}.stars .on span{color:Highlight}}
@media print{.panel{display:none}}
`;
