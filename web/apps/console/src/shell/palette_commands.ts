// Finding a command by its words, and remembering what was used last.
export interface Command {
  id: string;
  kind: string;
  label: string;
  run: () => unknown;
}

const RECENT_MAX = 6;
const RECENT_KEY = 'guildhall.recent';

const folded = (text: string): string => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();

/** Every word must begin a word of the label or its kind; labels that begin with what was typed come first. */
export function matching(commands: readonly Command[], typed: string): Command[] {
  const wanted = folded(typed).split(/\s+/).filter(Boolean);
  const scored = commands.flatMap((command) => {
    const label = folded(command.label);
    const words = `${label} ${folded(command.kind)}`.split(/[\s›:/-]+/);
    if (!wanted.every((word) => words.some((known) => known.startsWith(word)))) return [];
    return [{ command, score: label.startsWith(wanted.join(' ')) ? 0 : 1 }];
  });
  return scored.sort((a, b) => a.score - b.score || a.command.label.length - b.command.label.length).map((entry) => entry.command);
}

function recentIds(): string[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(RECENT_KEY) ?? '[]');
    return Array.isArray(stored) ? stored.filter((id): id is string => typeof id === 'string') : [];
  } catch {
    return [];
  }
}

export function noteRecent(id: string): void {
  const ids = [id, ...recentIds().filter((other) => other !== id)].slice(0, RECENT_MAX);
  try {
    localStorage.setItem(RECENT_KEY, JSON.stringify(ids));
  } catch {
    return;
  }
}

export function recentFirst(commands: readonly Command[]): Command[] {
  const ids = recentIds();
  const rank = (command: Command): number => {
    const at = ids.indexOf(command.id);
    return at < 0 ? ids.length : at;
  };
  return [...commands].sort((a, b) => rank(a) - rank(b));
}
