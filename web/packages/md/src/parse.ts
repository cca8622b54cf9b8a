// Text to blocks and inlines. Pure; linear in the text but for the bounded nesting of emphasis.
import { safeUrl } from './url';

export type Inline =
  | { kind: 'text'; text: string }
  | { kind: 'strong' | 'emphasis'; children: Inline[] }
  | { kind: 'code'; text: string }
  | { kind: 'link'; url: string; host: string; children: Inline[] }
  | { kind: 'citation'; n: number }
  | { kind: 'break' };

export type Block =
  | { kind: 'paragraph' | 'heading' | 'quote'; children: Inline[] }
  | { kind: 'table'; header: Inline[][]; rows: Inline[][][] }
  | { kind: 'list'; ordered: boolean; start: number; items: Inline[][] }
  | { kind: 'code'; text: string };

const NESTING_MAX = 4;
const BULLET = /^\s{0,6}[-*+•]\s+(.*)$/;
const NUMBER = /^\s{0,6}(\d{1,4})[.)]\s+(.*)$/;
const HEADING = /^#{1,6}\s+(.*?)\s*#*$/;
const QUOTE = /^>\s?(.*)$/;
const ROW = /^\s{0,3}\|(.+)\|\s*$/;
const RULE = /^[\s|:-]+$/;
const FENCE = /^\s{0,3}(```|~~~)/;

export function parseMarkdown(text: string): Block[] {
  const lines = text.replace(/\r\n?/g, '\n').split('\n');
  const blocks: Block[] = [];
  let paragraph: string[] = [];
  const flush = (): void => {
    if (paragraph.length > 0) blocks.push({ kind: 'paragraph', children: parseInline(paragraph.join('\n')) });
    paragraph = [];
  };
  for (let i = 0; i < lines.length; ++i) {
    const line = lines[i] ?? '';
    const fence = FENCE.exec(line)?.[1];
    if (fence !== undefined) {
      flush();
      const code: string[] = [];
      for (++i; i < lines.length && !(lines[i] ?? '').trimStart().startsWith(fence); ++i) code.push(lines[i] ?? '');
      blocks.push({ kind: 'code', text: code.join('\n') });
      continue;
    }
    const table = tableAt(lines, i);
    if (table !== null) {
      flush();
      blocks.push(table.block);
      i += table.lines - 1;
      continue;
    }
    const special = specialLine(line);
    if (special !== null) {
      flush();
      append(blocks, special);
    } else if (line.trim() === '') {
      flush();
    } else {
      const last = blocks[blocks.length - 1];
      // An indented line goes on with the list item before it.
      if (paragraph.length === 0 && last?.kind === 'list' && /^\s{2,}\S/.test(line) && (lines[i - 1] ?? '').trim() !== '') {
        last.items[last.items.length - 1]?.push({ kind: 'break' }, ...parseInline(line.trim()));
      } else {
        paragraph.push(line.trim());
      }
    }
  }
  flush();
  return blocks;
}

/** Two rows between bars or more; the first names the columns, with or without a rule below it. */
function tableAt(lines: string[], from: number): { block: Block; lines: number } | null {
  let count = 0;
  while (ROW.test(lines[from + count] ?? '')) ++count;
  const rows = lines.slice(from, from + count).filter((line) => !RULE.test(line));
  if (rows.length < 2) return null;
  const [header, ...rest] = rows.map(cellsOf);
  return { block: { kind: 'table', header: header ?? [], rows: rest }, lines: count };
}

function cellsOf(line: string): Inline[][] {
  const inner = ROW.exec(line)?.[1] ?? '';
  return inner.split(/(?<!\\)\|/).map((cell) => parseInline(cell.trim().replaceAll('\\|', '|')));
}

function specialLine(line: string): Block | null {
  const bullet = BULLET.exec(line);
  if (bullet) return { kind: 'list', ordered: false, start: 1, items: [parseInline(bullet[1] ?? '')] };
  const number = NUMBER.exec(line);
  if (number) return { kind: 'list', ordered: true, start: Number(number[1]), items: [parseInline(number[2] ?? '')] };
  const heading = HEADING.exec(line);
  if (heading) return { kind: 'heading', children: parseInline(heading[1] ?? '') };
  const quote = QUOTE.exec(line);
  if (quote) return { kind: 'quote', children: parseInline(quote[1] ?? '') };
  return null;
}

/** Lines of one list, or of one quote, become one block. */
function append(blocks: Block[], next: Block): void {
  const last = blocks[blocks.length - 1];
  if (next.kind === 'list' && last?.kind === 'list' && last.ordered === next.ordered) last.items.push(...next.items);
  else if (next.kind === 'quote' && last?.kind === 'quote') last.children.push({ kind: 'break' }, ...next.children);
  else blocks.push(next);
}

const TOKEN =
  /(`+)([^`]+?)\1|\[(\d{1,3})\](?!\()|\[([^\]\n]{1,300})\]\(([^()\s]{1,2000})\)|(\*\*|__)(?=\S)([^\n]*?\S)\6|([*_])(?=\S)([^*_\n]*?\S)\8|(https?:\/\/[^\s<>"'`)\]]{1,2000})|\n/g;

function parseInline(text: string, depth = 0): Inline[] {
  const result: Inline[] = [];
  let from = 0;
  const say = (until: number): void => {
    if (until > from) result.push({ kind: 'text', text: text.slice(from, until) });
  };
  for (const match of text.matchAll(TOKEN)) {
    const inline = inlineOf(match, text, depth);
    if (inline === null) continue;
    say(match.index ?? 0);
    result.push(inline.value);
    from = (match.index ?? 0) + inline.length;
  }
  say(text.length);
  return result;
}

function inlineOf(match: RegExpMatchArray, text: string, depth: number): { value: Inline; length: number } | null {
  const [whole, , code, citation, label, target, strongMark, strong, emphasisMark, emphasis, bare] = match;
  const length = whole.length;
  if (whole === '\n') return { value: { kind: 'break' }, length };
  if (code !== undefined) return { value: { kind: 'code', text: code }, length };
  if (citation !== undefined) return { value: { kind: 'citation', n: Number(citation) }, length };
  if (label !== undefined && target !== undefined) return linked(target, label, length);
  if (bare !== undefined) {
    const address = bare.replace(/[.,;:!?]+$/, '');
    return linked(address, address, address.length);
  }
  if (depth >= NESTING_MAX) return null;
  const isInsideWord = (mark: string | undefined): boolean => mark?.startsWith('_') === true && /\w/.test(text[(match.index ?? 0) - 1] ?? '');
  if (strong !== undefined && !isInsideWord(strongMark)) return { value: { kind: 'strong', children: parseInline(strong, depth + 1) }, length };
  if (emphasis !== undefined && !isInsideWord(emphasisMark)) return { value: { kind: 'emphasis', children: parseInline(emphasis, depth + 1) }, length };
  return null;
}

function linked(target: string, label: string, length: number): { value: Inline; length: number } | null {
  const url = safeUrl(target);
  return url === null ? null : { value: { kind: 'link', url: url.href, host: url.host, children: [{ kind: 'text', text: label }] }, length };
}
