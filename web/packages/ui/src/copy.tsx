// One click puts a text on the clipboard and says so.
import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Button, type ButtonKind } from './button';

const SAID_MS = 2000;

export interface CopyProps {
  text: string;
  label: string;
  doneLabel: string;
  kind?: ButtonKind;
  bare?: boolean;
}

export function CopyButton({ text, label, doneLabel, kind = 'secondary', bare = false }: CopyProps) {
  const [done, setDone] = useState(false);
  useEffect(() => {
    if (!done) return;
    const timer = setTimeout(() => setDone(false), SAID_MS);
    return () => clearTimeout(timer);
  }, [done]);
  const Icon = done ? Check : Copy;
  return (
    <Button
      size="small"
      kind={kind}
      icon={<Icon aria-hidden="true" className="size-4" />}
      onClick={() => void navigator.clipboard.writeText(text).then(() => setDone(true))}
      {...(bare ? { 'aria-label': done ? doneLabel : label, title: label, className: '!px-0 aspect-square' } : {})}
    >
      {bare ? null : <span aria-live="polite">{done ? doneLabel : label}</span>}
    </Button>
  );
}
