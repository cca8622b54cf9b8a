// A code sample with its copy button; always left to right.
import { CopyButton } from './copy';

export function CodeSample({ code, label, copyLabel, copiedLabel }: { code: string; label: string; copyLabel: string; copiedLabel: string }) {
  return (
    <figure className="overflow-hidden rounded-lg border border-line bg-sunken">
      <figcaption className="flex items-center justify-between gap-2 border-b border-line py-1.5 ps-4 pe-1.5 text-xs text-ink-soft">
        <span>{label}</span>
        <CopyButton text={code} label={copyLabel} doneLabel={copiedLabel} kind="quiet" />
      </figcaption>
      <pre dir="ltr" tabIndex={0} role="region" aria-label={label} className="overflow-x-auto p-4 text-start font-mono text-sm leading-6">
        <code>{code}</code>
      </pre>
    </figure>
  );
}
